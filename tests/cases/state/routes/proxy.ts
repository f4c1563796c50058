// dynamic: a proxy counts what is read of it
let reads = 0
const page = new Proxy({ title: 'x' }, {
  get(target, name) {
    reads++
    return reads > 3 ? 'changed' : target[name]
  },
})
export const GET = () => page.title
