export const GET = 'the secret'
