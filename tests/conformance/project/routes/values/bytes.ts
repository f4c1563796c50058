export const GET = new Uint8Array([0, 1, 254, 255])
