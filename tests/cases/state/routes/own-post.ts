// dynamic: POST of the same module changes it
let word = 'first'
export const GET = () => word
export const POST = async c => {
  word = await c.req.text()
  return null
}
