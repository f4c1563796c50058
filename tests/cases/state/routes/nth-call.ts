// dynamic: the same for a thousand calls
let calls = 0
export const GET = () => (++calls > 1000 ? 'worn out' : 'as new') // cause
