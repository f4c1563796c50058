import type { Context } from 'hono'
import { Layout } from './_components/layout.tsx'

export default (c: Context) =>
  c.html(
    <Layout title="Not found" verdict="static">
      <h1>Not found</h1>
      <p>
        There is nothing at this address. <a href="/">Start again from the home page.</a>
      </p>
    </Layout>,
    404,
  )
