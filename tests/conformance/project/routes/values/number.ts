export const GET = 42
