// What a visitor sees when a handler threw. The details are for the log, not for the page.

import type { Context } from 'hono'
import { Layout } from './_components/layout.tsx'

export default (_error: Error, c: Context) =>
  c.html(
    <Layout title="Something went wrong" verdict="dynamic">
      <h1>Something went wrong</h1>
      <p>The page could not be made. Trying again in a moment may help.</p>
    </Layout>,
    500,
  )
