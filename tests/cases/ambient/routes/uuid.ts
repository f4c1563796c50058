// dynamic: randomness
export const GET = () => crypto.randomUUID() // cause
