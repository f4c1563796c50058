// dynamic: a log of visits that no response shows yet
const visits = []
export const GET = c => {
  visits.push('visit') // cause
  return c.text('hello')
}
