// dynamic: a global regular expression remembers where it stopped
const word = /o/g
export const GET = () => String(word.test('foo'))
