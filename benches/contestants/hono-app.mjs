// The Hono app that runs on Bun and on Node.

import { Hono } from 'hono'
import { answerPage, user } from './pages.mjs'

export const app = new Hono()
  .get('/hello', c => c.text('Hello, World!'))
  .get('/users/:id', c => c.json(user(c.req.param('id'))))
  .get('/p/*', c => answerPage(c.req.raw))
