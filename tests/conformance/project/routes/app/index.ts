import { Hono } from 'hono'

const app = new Hono<{ Variables: { who: string } }>()
app.get('/', c => c.text('app root'))
app.get('/items/:id', c => c.json({ id: c.req.param('id'), who: c.get('who') }))
app.get('/slash/', c => c.text('with slash'))
app.post('/items', async c => c.text(`made ${await c.req.text()}`, 201))
app.on('PURGE', '/cache', c => c.text('purged'))
app.get('/path/*', c => c.text(c.req.path))
app.get('/boom', () => {
  throw new Error('boom in the app')
})
export default app
