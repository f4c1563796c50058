// dynamic: randomness, so rare that no run sees it
export const GET = () => (Math.random() < 1e-9 ? 'jackpot' : 'nothing') // cause
