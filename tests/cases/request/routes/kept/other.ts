// dynamic: a header, read by middleware that may do more
export const GET = 'the same, but who knows'
