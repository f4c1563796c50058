// static
export const GET = c => c.text('hello')
