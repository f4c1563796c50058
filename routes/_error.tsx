// What a visitor sees when a handler threw. Exceptions that are answers pass (a body over the limit
// is one); details of all others are for the log, not for the page.

import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Layout } from './_components/layout.tsx'

export default (error: unknown, c: Context) =>
  error instanceof HTTPException
    ? error.getResponse()
    : c.html(
        <Layout title="Something went wrong" verdict="dynamic">
          <h1>Something went wrong</h1>
          <p>The page could not be made. Trying again in a moment may help.</p>
        </Layout>,
        500,
      )
