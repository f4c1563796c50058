// dynamic: the clock, in an asynchronous component
const Now = async () => {
  await null
  return <time>{Date.now()}</time>
}
export const GET = () => (
  <p>
    <Now />
  </p>
)
