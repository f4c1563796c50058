// Hono on `Bun.serve`.

import { app } from './hono-app.mjs'
import { listening } from './pages.mjs'

listening(Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app.fetch }).port)
