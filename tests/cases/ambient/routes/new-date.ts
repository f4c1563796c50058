// dynamic: the clock
export const GET = () => new Date().toISOString() // cause
