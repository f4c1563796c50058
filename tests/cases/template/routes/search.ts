// template
import type { Context } from 'hono'
import { html } from 'hono/html'
export default (c: Context) => {
  const { q = 'nothing' } = c.req.query()
  return c.html(html`<a href="/find?q=${encodeURIComponent(q)}">${q}</a>`)
}
