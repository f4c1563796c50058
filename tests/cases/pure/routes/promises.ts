// static
const later = async value => {
  await null
  return value
}
export const GET = async c => {
  const values = await Promise.all([later(1), later(2), Promise.resolve(3)])
  const settled = await Promise.allSettled([later('x'), Promise.reject(new Error('no'))])
  return c.json({ values, settled: settled.map(one => one.status) })
}
