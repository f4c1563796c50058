// dynamic: a timer changes what the handler reads
let word = 'first'
setTimeout(() => {
  word = 'second'
}, 60_000)
export const GET = () => word
