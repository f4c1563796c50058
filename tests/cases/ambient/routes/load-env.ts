// dynamic: the environment, when the module loads
const { GREETING = 'hello' } = process.env
export const GET = () => GREETING
