// dynamic: a header, that middleware kept for it
export const GET = c => c.text(`hello ${c.get('user')}`)
