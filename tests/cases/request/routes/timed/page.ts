// dynamic: the clock, read by middleware
export const GET = 'x'
