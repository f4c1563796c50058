// dynamic: a table in random order
const table = [1, 2, 3].sort(() => Math.random() - 0.5)
export const GET = () => table
