// dynamic: a date that each call moves on by a day
const day = new Date(0)
export const GET = () => {
  day.setUTCDate(day.getUTCDate() + 1) // cause
  return day.toISOString()
}
