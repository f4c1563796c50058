// dynamic: a counter in a closure that outlives the call
const counter = () => {
  let calls = 0
  return () => {
    calls += 1 // cause
    return calls
  }
}
const next = counter()
export const GET = () => `call ${next()}`
