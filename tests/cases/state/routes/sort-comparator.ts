// dynamic: a comparator that changes its mind
let flip = 1
const byName = (a, b) => {
  flip = -flip // cause
  return flip * a.localeCompare(b, 'en')
}
export const GET = () => ['b', 'a', 'c'].sort(byName).join()
