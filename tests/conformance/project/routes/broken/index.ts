export const GET = () => {
  throw new Error('first')
}
