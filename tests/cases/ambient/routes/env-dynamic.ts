// dynamic: the environment, by a name that is computed
const name = ['NODE', 'ENV'].reverse().join('_')
export const GET = () => process.env[name] ?? 'none'
