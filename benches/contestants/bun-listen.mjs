// What Bun's sockets cost by themselves: every chunk that comes in is answered with the bytes of the
// file that is the argument, and not read. No server on `Bun.listen` can do with less.

import { readFileSync } from 'node:fs'

const answer = new Uint8Array(readFileSync(process.argv[2]))

const { port } = Bun.listen({
  port: 0,
  hostname: '127.0.0.1',
  socket: {
    binaryType: 'uint8array',
    data(socket) {
      socket.write(answer)
    },
  },
})
console.log(`Listening on http://127.0.0.1:${port}`)
