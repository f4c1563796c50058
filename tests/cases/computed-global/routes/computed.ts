// dynamic: a global by a computed name
const key = 'etaD'.split('').reverse().join('')
export const GET = () => String(globalThis[key].now())
