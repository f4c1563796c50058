// static
export const GET = c => {
  c.header('x-one', '1')
  c.status(203)
  return c.body('<a/>', { headers: { 'content-type': 'application/xml' } })
}
