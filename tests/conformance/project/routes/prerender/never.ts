export const config = { prerender: false }
let calls = 0
export const GET = () => String(++calls)
