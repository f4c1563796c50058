// dynamic: a getter that counts
let reads = 0
const page = {
  get title() {
    return `title ${reads++}` // cause
  },
}
export const GET = () => page.title
