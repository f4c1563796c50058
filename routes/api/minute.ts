// Stored bytes that are made again in the background, at most once a minute.

import type { Context } from 'hono'

export const config = { revalidate: 60 }

export const GET = (c: Context) => c.json({ minute: new Date().toISOString().slice(0, 16) })
