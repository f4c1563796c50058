// dynamic: the request, taken apart
export const GET = ({ req }) => req.query('q') ?? 'none'
