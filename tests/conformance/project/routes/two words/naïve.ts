export const GET = 'a literal with a space and an accent'
