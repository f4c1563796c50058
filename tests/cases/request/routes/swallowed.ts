// dynamic: a header, in a try that hides it
export const GET = c => {
  let name = 'nobody'
  try {
    name = c.req.header('x-name').toUpperCase() // cause
  } catch {}
  return name
}
