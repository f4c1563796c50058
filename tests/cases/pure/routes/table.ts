// static
const source = [
  ['de', 'Deutsch'],
  ['en', 'English'],
]
const byCode = new Map(source)
const index = {}
for (const [code, name] of source) index[name] = code
const codes = [...byCode.keys()].sort()
export const GET = c => c.json({ codes, index, first: byCode.get(codes[0]) })
