// dynamic: a header that nobody sends
export const GET = c => (c.req.header('x-debug-7f3a') === 'on' ? 'debug' : 'plain') // cause
