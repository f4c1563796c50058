// static
export const GET = { name: 'x', list: [1, 2, 3] }
