// (loaded artifact, modules) -> App: what answers a request on every host.

import type { ModuleLoader } from './artifact.ts'
import type { Loaded } from './load.ts'

/** Lower-case name; several lines joined by `, `. A Fetch `Headers` fits. */
export interface HeaderSource {
  get(name: string): string | null
}

/** A prebuilt answer; the same object for each request that selects it. */
export interface Reply {
  status: number
  /** Status line, `Date: ` and a placeholder of 29 bytes, fields, empty line. */
  head: Uint8Array
  /** The same without Date; `Content-Length` included where the head has one. */
  readonly fields: [string, string][]
  /** null: HEAD, 304 and the like. */
  body: Uint8Array | null
  /** A host's own cached form; undefined at first. */
  host: unknown
}

export interface App {
  /** Settles once all modules are loaded, or failed to; `fetch` before that waits for it. */
  ready: Promise<void>
  /**
   * Answers from prebuilt bytes, undefined where `fetch` has to be asked. No await, next to no
   * allocation on a hit. `target` is the request target as it came on the wire.
   */
  static(method: string, target: string, headers: HeaderSource): Reply | undefined
  /**
   * Answers anything, static too. `target` is the raw target where the host knows it, else that of
   * `request.url` is taken.
   */
  fetch(
    request: Request,
    env?: unknown,
    ctx?: unknown,
    target?: string,
  ): Response | Promise<Response>
}

export interface AppOptions {
  /** A loader a module, by the numbers of `Manifest.modules`. */
  modules: ModuleLoader[]
  /** Where errors go that nobody else answered; `console.error` by default. */
  log?(message: string, error: unknown): void
}

export declare function createApp(loaded: Loaded, options: AppOptions): App
