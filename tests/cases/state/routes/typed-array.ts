// dynamic: a counter in shared bytes
const bytes = new Uint8Array(1)
export const GET = () => {
  bytes[0]++ // cause
  return bytes.join()
}
