export const GET = 'a helper folder holds no routes'
