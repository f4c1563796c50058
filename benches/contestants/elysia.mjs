// Elysia on `Bun.serve`.

import { Elysia } from 'elysia'
import { answerPage, listening, user } from './pages.mjs'

const app = new Elysia()
  .get('/hello', () => 'Hello, World!')
  .get('/users/:id', ({ params }) => user(params.id))
  .get('/p/*', ({ request }) => answerPage(request))
  .listen({ port: 0, hostname: '127.0.0.1' })
listening(app.server.port)
