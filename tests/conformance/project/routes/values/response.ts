export const GET = new Response('kept', { status: 203, headers: { 'x-kept': 'yes' } })
