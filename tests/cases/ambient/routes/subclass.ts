// dynamic: the clock, in a subclass
class Day extends Date {}
export const GET = () => new Day().toISOString()
