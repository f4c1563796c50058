// dynamic: the clock
export const GET = () => String(process.hrtime.bigint()) // cause
