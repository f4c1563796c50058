// static
export const GET = () => ({
  big: String(2n ** 64n),
  pi: Math.PI.toFixed(5),
  parsed: Number.parseFloat('1.5'),
  bits: (255 >>> 4).toString(2),
  root: Math.sqrt(25),
})
