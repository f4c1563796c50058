// dynamic: the clock under another name
const now = Date.now
export const GET = () => String(now())
