// dynamic: the method
export const GET = c => `asked by ${c.req.method}` // cause
