// dynamic: the state of the process
export const GET = () => String(process.memoryUsage().rss > 1e12) // cause
