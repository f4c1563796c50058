// dynamic: the Origin, read by cors
export const GET = { a: 1 }
