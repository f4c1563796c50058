// dynamic: the clock
export const GET = () => `${performance.now()}` // cause
