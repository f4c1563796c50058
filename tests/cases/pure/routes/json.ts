// static
export const GET = c => c.json({ a: [1, 2], b: null })
