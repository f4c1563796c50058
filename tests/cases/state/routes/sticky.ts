// dynamic: so does a sticky one, through String.prototype.match
const start = /a/y
export const GET = () => String('aab'.match(start)?.index)
