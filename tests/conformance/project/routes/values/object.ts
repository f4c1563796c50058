export const GET = { a: [1, 'two', null], b: { c: true } }
