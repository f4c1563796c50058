// dynamic: reversed in place, back and forth
const list = ['a', 'b', 'c']
export const GET = () => list.reverse().join() // cause
