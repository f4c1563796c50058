export const GET = 'a helper is never a route'
