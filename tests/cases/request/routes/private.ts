// dynamic: a private answer
export const GET = c => c.text('x', 200, { 'cache-control': 'private, max-age=60' })
