// dynamic: a cookie
import { getCookie } from 'hono/cookie'

export const GET = c => getCookie(c, 'name') ?? 'nobody' // cause
