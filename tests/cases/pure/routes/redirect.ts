// static
export const GET = c => c.redirect('/elsewhere', 301)
