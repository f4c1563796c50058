import { cors } from 'hono/cors'

export default cors({ origin: ['https://a.example', 'https://b.example'] })
