// dynamic: code from text
const run = eval
export const GET = () => String(run('Math.random()'))
