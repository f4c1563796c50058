import type { Context } from 'hono'

// Answers each chunk of the request as it comes, before the request is over.
export const POST = (c: Context) => {
  const upper = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk).toUpperCase()))
    },
  })
  return c.body(c.req.raw.body!.pipeThrough(upper), 200, { 'content-type': 'text/plain' })
}
