// static
const base = { a: 1, b: { c: 2 } }
export const GET = () => {
  const copy = structuredClone(base)
  copy.b.c = 3
  const { a, ...rest } = copy
  return Object.fromEntries(Object.entries({ ...rest, a, d: base.b?.c ?? 0 }).sort())
}
