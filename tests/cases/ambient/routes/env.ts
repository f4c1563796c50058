// dynamic: the environment
export const GET = () => process.env.GREETING ?? 'hello' // cause
