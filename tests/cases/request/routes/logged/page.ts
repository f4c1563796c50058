// dynamic: a log of visits, by middleware
export const GET = 'x'
