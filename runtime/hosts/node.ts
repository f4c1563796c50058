// Node's sockets under the HTTP/1.1 core.

import type { Socket } from 'node:net'
import { install } from '../light/globals.ts'
import { type Entry, serve } from '../serve.ts'
import { fork } from './cluster.ts'
import { listenNet } from './net.ts'

/** What Hono's `getConnInfo` for Node.js reads. */
interface Bindings {
  incoming: { socket: Socket }
}

/** Serves `dist/` on sockets of Node's. */
export function start(entry: Entry): Promise<void> {
  // Before any module of the user loads.
  install()
  return serve(entry, {
    listen: (app, at) => listenNet(app, at, bindings, false),
    fork,
    isRaw: true,
  })
}

function bindings(socket: Socket): Bindings {
  return { incoming: { socket } }
}
