// dynamic: sets a cookie, by a name that is computed
const name = ['set', 'cookie'].join('-')
export const GET = c => c.text('x', 200, { [name]: 'a=b' })
