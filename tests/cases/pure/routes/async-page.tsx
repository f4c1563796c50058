// static
const Slow = async ({ name }) => {
  await Promise.resolve()
  return <b>{name}</b>
}
export const GET = async c => c.html(<p>{await Promise.all(['a', 'b'].map(name => <Slow name={name} />))}</p>)
