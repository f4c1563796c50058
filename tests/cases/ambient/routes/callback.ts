// dynamic: randomness, as a callback
export const GET = () => Array.from({ length: 3 }, Math.random).join()
