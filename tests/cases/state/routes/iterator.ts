// dynamic: an iterator is used up by the first call
const words = ['a', 'b'][Symbol.iterator]()
export const GET = () => [...words].join(' ')
