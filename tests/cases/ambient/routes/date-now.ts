// dynamic: the clock
export const GET = () => String(Date.now()) // cause
