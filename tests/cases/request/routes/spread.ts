// dynamic: all headers
export const GET = c => JSON.stringify({ ...c.req.header() }) // cause
