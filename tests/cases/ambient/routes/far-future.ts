// dynamic: the clock, in a branch of the far future
export const GET = () => (Date.now() > 4e12 ? 'the future' : 'the present') // cause
