// dynamic: counts on a prototype of its own
function Page() {}
Page.prototype.views = 0
export const GET = () => String(++Object.getPrototypeOf(new Page()).views)
