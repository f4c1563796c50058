// dynamic: a counter in a WeakMap under a key that is kept
const key = {}
const counts = new WeakMap([[key, 0]])
export const GET = () => {
  counts.set(key, counts.get(key) + 1) // cause
  return `${counts.get(key)}`
}
