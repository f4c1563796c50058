// dynamic: randomness
export const GET = () => ({ dice: Math.ceil(Math.random() * 6) }) // cause
