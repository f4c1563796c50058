// dynamic: the clock, in a try that hides it
export const GET = () => {
  try {
    return String(Date.now()) // cause
  } catch {
    return 'never'
  }
}
