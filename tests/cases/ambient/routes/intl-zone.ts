// dynamic: the default time zone
const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'full' })
export const GET = () => format.format(new Date(0))
