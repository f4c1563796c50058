import { Hono } from 'hono'

export default new Hono()
  .get('/', c => c.text('mounted'))
  .get('/deep/:x', c => c.text(c.req.param('x')))
