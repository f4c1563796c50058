// dynamic: a default value that counts
let calls = 0
const page = (n = calls++) => `page ${n}` // cause
export const GET = () => page()
