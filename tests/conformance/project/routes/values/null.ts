export const GET = null
