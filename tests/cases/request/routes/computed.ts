// dynamic: the request by a computed name
const name = 're' + 'q'
export const GET = c => c[name].header('host') ?? 'none'
