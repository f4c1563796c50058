// dynamic: the strings of a tagged template are the same object each time
const seen = new WeakSet()
const tag = strings => {
  const known = seen.has(strings)
  seen.add(strings) // cause
  return known ? 'again' : 'first'
}
export const GET = () => tag`x`
