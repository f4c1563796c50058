// dynamic: a log of visits
export const GET = () => {
  console.log('visited') // cause
  return 'x'
}
