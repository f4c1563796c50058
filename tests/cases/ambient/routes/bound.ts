// dynamic: the clock, bound and called
const read = Function.prototype.call.bind(Date.prototype.getTime)
export const GET = () => String(read(new Date()))
