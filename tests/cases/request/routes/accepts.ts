// dynamic: what the client accepts
import { accepts } from 'hono/accepts'

export const GET = c => accepts(c, { header: 'Accept-Language', supports: ['en', 'de'], default: 'en' })
