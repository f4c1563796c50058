import { cors } from 'hono/cors'

export default cors({ origin: 'https://example.com', allowMethods: ['GET', 'PUT'] })
