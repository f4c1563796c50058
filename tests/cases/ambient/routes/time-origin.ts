// dynamic: when the process began
export const GET = () => `${performance.timeOrigin}` // cause
