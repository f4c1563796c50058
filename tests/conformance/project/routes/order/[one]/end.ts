export const GET = 'param then end'
