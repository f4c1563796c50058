// dynamic: the time zone
export const GET = () => String(new Date(0).getHours()) // cause
