// Deno's sockets, by `node:net`, under the HTTP/1.1 core.

import type { Socket } from 'node:net'
import { install } from '../light/globals.ts'
import { type Entry, serve } from '../serve.ts'
import { listenNet } from './net.ts'

/** What Hono's `getConnInfo` for Deno reads. */
interface Bindings {
  remoteAddr: { transport: 'tcp'; hostname: string | undefined; port: number | undefined }
}

/** Serves `dist/` on sockets of Deno's. */
export function start(entry: Entry): Promise<void> {
  // Before any module of the user loads.
  install()
  return serve(entry, { listen: (app, at) => listenNet(app, at, bindings, true), isRaw: true })
}

function bindings({ remoteAddress, remotePort }: Socket): Bindings {
  return { remoteAddr: { transport: 'tcp', hostname: remoteAddress, port: remotePort } }
}
