// A whole Hono application as a route: mounted at /api/color, it sees the paths below it.

import { Hono } from 'hono'

const app = new Hono()

app.get('/', c => c.json({ use: '/api/color/0b6b63' }))

app.get('/:hex{[0-9a-fA-F]{6}}', c => {
  const value = Number.parseInt(c.req.param('hex'), 16)
  return c.json({ r: value >> 16, g: (value >> 8) & 255, b: value & 255 })
})

export default app
