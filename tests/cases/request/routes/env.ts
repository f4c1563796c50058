// dynamic: the bindings of the host
export const GET = c => (c.env?.NAME ? 'named' : 'unnamed') // cause
