import type { Context } from 'hono'
import { Layout } from './_components/layout.tsx'

export default (c: Context) =>
  c.html(
    <Layout title="Not found">
      <h1>Not found</h1>
      <p>There is no such page. The search may know where it went.</p>
    </Layout>,
    404,
  )
