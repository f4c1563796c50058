export const GET = { literal: 'latest' }
