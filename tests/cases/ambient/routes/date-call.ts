// dynamic: the clock, as a function
export const GET = () => Date() // cause
