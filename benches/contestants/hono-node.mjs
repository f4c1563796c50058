// Hono on `node:http`, by its adapter.

import { serve } from '@hono/node-server'
import { app } from './hono-app.mjs'
import { listening } from './pages.mjs'

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => listening(port))
