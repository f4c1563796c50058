// dynamic: each call takes the next value of a generator that is kept
function* numbers() {
  for (let n = 0; ; n++) yield n
}
const source = numbers()
export const GET = () => String(source.next().value)
