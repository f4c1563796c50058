// dynamic: the request itself
export const GET = c => c.req.raw.headers.get('user-agent') ?? 'none' // cause
