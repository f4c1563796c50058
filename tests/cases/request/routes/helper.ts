// dynamic: a header, read in a helper
const language = context => context.req.header('accept-language')
export const GET = c => (language(c) ? 'known' : 'unknown')
