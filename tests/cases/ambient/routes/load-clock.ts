// dynamic: the clock, when the module loads
const built = new Date().toISOString()
export const GET = () => `built ${built}`
