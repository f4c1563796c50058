// static
export const GET = () => new Response('teapot', { status: 418, headers: { 'x-kind': 'pot' } })
