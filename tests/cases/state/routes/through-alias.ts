// dynamic: the write goes through an alias that a function handed out
const page = { views: 0 }
const same = x => x
const { ref } = { ref: same(page) }
export const GET = () => {
  ref['vi' + 'ews'] += 1
  return JSON.stringify(page)
}
