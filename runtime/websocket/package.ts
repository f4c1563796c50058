// A socket of the package ws -> the handler's events. For the hosts whose frames are its business.

import { type WebSocket, WebSocketServer } from 'ws'
import type { Agreed } from './handshake.ts'
import { hear, LARGEST } from './hear.ts'

const decoder = new TextDecoder()

/** What does the handshake and the frames of one connection. */
export function serverFor({ options }: Agreed): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxPayload ?? LARGEST,
  })
}

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
