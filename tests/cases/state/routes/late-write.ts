// dynamic: something started by the call changes it afterwards
let word = 'first'
export const GET = () => {
  Promise.resolve().then(() => {
    word = 'second' // cause
  })
  return word
}
