// static
export const GET = () => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, 0xdeadbeef)
  return bytes
}
