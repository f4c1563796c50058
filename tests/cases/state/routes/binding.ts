// dynamic: a counter in a module binding
let calls = 0
export const GET = () => String(++calls) // cause
