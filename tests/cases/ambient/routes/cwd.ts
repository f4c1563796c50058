// dynamic: the working directory
export const GET = () => process.cwd() // cause
