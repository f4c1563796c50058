// dynamic: counts on the way out
let calls = 0
export const GET = () => {
  try {
    return `${calls}`
  } finally {
    calls++ // cause
  }
}
