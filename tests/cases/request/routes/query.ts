// dynamic: the query
export const GET = c => `hello ${c.req.query('name') ?? 'you'}` // cause
