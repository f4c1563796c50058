// dynamic: the version of the host
export const GET = () => process.version // cause
