// dynamic: a component counts its visits
let visits = 0

const Counter = () => <b>{++visits}</b> // cause

export const GET = c => c.html(<Counter />)
