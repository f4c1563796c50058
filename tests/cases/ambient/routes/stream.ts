// dynamic: randomness, in a stream
export const GET = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(String(Math.random())))
        controller.close()
      },
    }),
  )
