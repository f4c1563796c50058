// What a host may leave to the kernel to send: bytes that were read from a file which stays open, and
// responses whose body is part of a file -> where that is. Does no reading itself.

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

/** Part of a file that is opened to be sent. */
export interface FilePart {
  url: URL
  /** Of the first byte, from the start of the file. */
  offset: number
  /** Bytes, at least one. */
  length: number
}

const parts = new WeakMap<Response, FilePart>()

/** `part` is the body of `response`, and what the build wrote. */
export function noteFile(response: Response, part: FilePart): void {
  parts.set(response, part)
}

/** Undefined where the body has to be read as that of any response. */
export function fileOf(response: Response): FilePart | undefined {
  return parts.get(response)
}
