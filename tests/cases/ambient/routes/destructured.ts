// dynamic: randomness, taken apart
const { random: constant } = Math
export const GET = () => String(constant())
