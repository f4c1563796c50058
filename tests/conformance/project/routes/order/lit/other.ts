export const GET = 'lit then other'
