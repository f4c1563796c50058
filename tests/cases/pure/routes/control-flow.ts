// static
export const GET = () => {
  const out = []
  outer: for (let i = 2; i < 30; i++) {
    for (let j = 2; j * j <= i; j++) if (i % j === 0) continue outer
    switch (i % 4) {
      case 1:
        out.push(`${i}+`)
        break
      case 3:
        out.push(`${i}-`)
        break
      default:
        out.push(`${i}`)
    }
  }
  try {
    if (out.length > 5) throw new RangeError('many')
  } catch (error) {
    out.push(error.message)
  } finally {
    out.push('end')
  }
  return out.join(' ')
}
