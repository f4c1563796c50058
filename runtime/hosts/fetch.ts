// (manifest, bytes, modules) -> { fetch }: the entry for edge hosts, and the plain reference that all
// other hosts are compared with. Needs nothing but the Fetch API.

import { createApp } from '../app.ts'
import type { Manifest, ModuleLoader } from '../artifact.ts'
import { loadBytes } from '../load.ts'

export interface FetchEntry {
  manifest: Manifest
  /** All of `static.bin`. */
  bytes: Uint8Array
  /** The bytes of `Manifest.files`, or the folder they are relative to. */
  files: Uint8Array[] | URL
  modules: ModuleLoader[]
  /** Whether a route speaks WebSocket. */
  websockets?: boolean
}

/** Throws LoadError where the bytes are not those of the manifest. */
export function createFetch({ manifest, bytes, files, modules, websockets }: FetchEntry): {
  fetch(request: Request, env?: unknown, ctx?: unknown): Response | Promise<Response>
} {
  const app = createApp(loadBytes(manifest, bytes, files), { modules })
  if (!websockets) return { fetch: (request, env, ctx) => app.fetch(request, env, ctx) }
  return {
    async fetch(request, env, ctx) {
      const run = () => app.fetch(request, env, ctx)
      if (!request.headers.has('upgrade')) return run()
      const websocket = await import('./web-websocket.ts')
      return websocket.isThere ? websocket.answer(request, run) : run()
    },
  }
}
