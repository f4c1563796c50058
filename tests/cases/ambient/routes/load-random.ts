// dynamic: randomness, when the module loads
const id = Math.random().toString(36)
export const GET = c => c.text("x", 200, { "x-build": id })
