// When the site was built. The clock would make this dynamic; `prerender: true` says that the value
// from the build is meant.

import type { Context } from 'hono'

export const config = { prerender: true }

export const GET = (c: Context) => c.json({ built: new Date().toISOString() })
