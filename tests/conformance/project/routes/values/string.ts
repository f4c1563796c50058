export const GET = 'grüße'
