// dynamic: the time zone
export const GET = () => String(Date.parse('2020-06-01 10:00')) // cause
