// dynamic: the URL
export const GET = c => new URL(c.req.url).host // cause
