// dynamic: for code from text elsewhere may change anything
export const GET = c => c.text('hello')
