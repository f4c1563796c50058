// dynamic: the clock, by way of an operator
const later = { valueOf: () => Date.now() }
export const GET = () => String(later - 0)
