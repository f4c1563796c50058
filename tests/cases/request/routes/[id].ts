// dynamic: a path parameter that takes any value
export const GET = c => c.text(c.req.param('id'))
