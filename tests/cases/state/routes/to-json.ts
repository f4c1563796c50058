// dynamic: JSON.stringify calls what counts
let times = 0
const data = {
  toJSON() {
    return { times: ++times } // cause
  },
}
export const GET = c => c.json(data)
