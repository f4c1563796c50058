// dynamic: a header
export const GET = c => c.text(c.req.header('accept-language') ?? 'en') // cause
