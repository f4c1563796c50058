// dynamic: a template literal calls what counts
let times = 0
const name = {
  toString() {
    return `n${++times}` // cause
  },
}
export const GET = () => `hello ${name}`
