export const LIMIT = 100
export const double = n => Math.min(n * 2, LIMIT)
export const roll = () => Math.random()
