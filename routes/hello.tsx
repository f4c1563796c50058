// A form. The empty one is static; what somebody sends is answered by a handler, and JSX escapes it.

import type { Context } from 'hono'
import { Layout } from './_components/layout.tsx'

const LIMIT = 80

const Form = () => (
  <form method="post" action="/hello" class="form">
    <label for="name">Your name</label>
    <div class="row">
      <input id="name" name="name" autocomplete="name" maxlength={LIMIT} required />
      <button type="submit">Say hello</button>
    </div>
  </form>
)

export const GET = () => (
  <Layout title="A form" here="/hello" verdict="static">
    <h1>Say hello</h1>
    <p>The form below is the same for everyone, so it is static. The answer is not.</p>
    <Form />
  </Layout>
)

export const POST = async (c: Context) => {
  const { name } = await c.req.parseBody()
  const said = typeof name === 'string' ? name.trim().slice(0, LIMIT) : ''
  return c.html(
    <Layout title="Hello" here="/hello" verdict="dynamic">
      {said ? (
        <h1>
          Hello, <span id="said">{said}</span>!
        </h1>
      ) : (
        <h1>No name was given.</h1>
      )}
      <p>Try some markup: it comes back as text.</p>
      <Form />
    </Layout>,
    said ? 200 : 400,
  )
}
