// static
export const GET = () => {
  const counts = new Map()
  for (const letter of 'mississippi') counts.set(letter, (counts.get(letter) ?? 0) + 1)
  const rows = []
  for (const [letter, count] of counts) rows.push(`${letter}${count}`)
  rows.sort()
  return rows.join(' ')
}
