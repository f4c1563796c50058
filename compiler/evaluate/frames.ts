// Messages on a pipe: a JSON header and raw bytes, both with their lengths in front. Used at both
// ends, parent and worker; knows nothing of what the messages mean.

const MAGIC = 0x70636a31 // "pcj1": whatever else a program writes to the pipe is told apart by it

export interface Frame {
  header: unknown
  body: Uint8Array
}

// Taken before user code can change them.
const { parse, stringify } = JSON
const NOTHING = new Uint8Array(0)
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The bytes of one message. */
export function encodeFrame(header: unknown, body: Uint8Array = NOTHING): Uint8Array {
  const text = encoder.encode(stringify(header))
  const bytes = new Uint8Array(12 + text.length + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setUint32(4, text.length)
  view.setUint32(8, body.length)
  bytes.set(text, 12)
  bytes.set(body, 12 + text.length)
  return bytes
}

/**
 * Cuts a stream of chunks into messages. The returned function takes a chunk and gives the messages
 * that it completes.
 * @throws {Error} on the first byte that belongs to no message.
 */
export function frameReader(): (chunk: Uint8Array) => Frame[] {
  let parts: Uint8Array[] = []
  let held = 0
  let wanted = 12
  let lengths: [number, number] | undefined

  return chunk => {
    const frames: Frame[] = []
    parts.push(chunk)
    held += chunk.length
    while (held >= wanted) {
      const bytes = parts.length === 1 ? parts[0]! : join(parts, held)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      if (!lengths) {
        if (view.getUint32(0) !== MAGIC)
          throw new Error('the pipe holds something that is no message')
        lengths = [view.getUint32(4), view.getUint32(8)]
        wanted = 12 + lengths[0] + lengths[1]
        parts = [bytes]
        continue
      }
      const split = 12 + lengths[0]
      frames.push({
        header: parse(decoder.decode(bytes.subarray(12, split))),
        // A copy: the body must not keep a chunk of many messages alive.
        body: bytes.slice(split, wanted),
      })
      const rest = bytes.subarray(wanted)
      parts = rest.length > 0 ? [rest] : []
      held = rest.length
      wanted = 12
      lengths = undefined
    }
    return frames
  }
}

function join(parts: Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
