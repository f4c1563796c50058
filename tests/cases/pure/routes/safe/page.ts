// static: pure middleware
export const GET = c => c.text(`welcome to ${c.get('site')}`)
