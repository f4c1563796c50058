// dynamic: the time zone
export const GET = () => String(new Date(2020, 5, 1).getTime()) // cause
