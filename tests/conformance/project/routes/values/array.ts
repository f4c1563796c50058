export const GET = [1, 2, 3]
