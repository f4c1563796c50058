// static
function* fibonacci(limit) {
  let [a, b] = [0, 1]
  while (a < limit) {
    yield a
    ;[a, b] = [b, a + b]
  }
}
export const GET = () => [...fibonacci(100)]
