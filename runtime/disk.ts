// Bytes that were read from a file which stays open -> where they are in it, so that a host may leave
// it to the kernel to send them. Does no reading itself.

/** Part of an open file. */
export interface Place {
  descriptor: number
  /** Of the first byte, from the start of the file. */
  offset: number
}

/** Bytes below which a copy costs less than a call of its own. */
export const LARGE = 131_072

const places = new WeakMap<ArrayBufferLike, Place>()

/** `bytes` are all of their buffer. */
export function notePlace(bytes: Uint8Array, place: Place): void {
  if (bytes.length >= LARGE) places.set(bytes.buffer, place)
}

/** Undefined where the bytes are in memory alone, or few. They must not have been written to. */
export function placeOf({ buffer, byteOffset }: Uint8Array): Place | undefined {
  const place = places.get(buffer)
  return place && { descriptor: place.descriptor, offset: place.offset + byteOffset }
}
