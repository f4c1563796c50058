// A socket of the package ws -> the handler's events. For the hosts whose frames are its business.

import type { WebSocket } from 'ws'
import type { Agreed } from './handshake.ts'
import { hear } from './hear.ts'

const decoder = new TextDecoder()

export function listen(socket: WebSocket, agreed: Agreed): void {
  const hears = hear(socket, agreed)
  socket.binaryType = 'arraybuffer'
  socket.on('message', (data, isBinary) =>
    hears.message(isBinary ? (data as ArrayBuffer) : decoder.decode(data as ArrayBuffer)),
  )
  socket.on('close', (code, reason) => hears.close(code, reason.toString()))
  // A malformed frame, or the connection's end: `close` follows.
  socket.on('error', hears.fail)
  // What came with the handshake is told later still.
  queueMicrotask(() => hears.open())
}
