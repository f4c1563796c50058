// A connection whose socket is an array: what goes in, and all that came out.

import type { App } from '../../runtime/app.ts'
import { Connection } from '../../runtime/http1/connection.ts'
import { install } from '../../runtime/light/globals.ts'
import type { Limits } from '../../runtime/http1/limits.ts'
import { Pool } from '../../runtime/http1/pool.ts'
import type { Wire } from '../../runtime/http1/wire.ts'

install()

export class MemoryWire implements Wire {
  readonly keeps = false
  readonly secure = false
  readonly env = {}
  readonly writes: string[] = []
  isEnded = false
  isDestroyed = false
  isPaused = false
  /** Takes no more until `drain`. */
  isSlow = false

  get output(): string {
    return this.writes.join('')
  }
  write(bytes: Uint8Array): boolean {
    this.writes.push(Buffer.from(bytes).toString('latin1'))
    return !this.isSlow
  }
  pending(): number {
    return this.isSlow ? this.output.length : 0
  }
  end(): void {
    this.isEnded = true
  }
  close(): void {
    this.isDestroyed = true
  }
  destroy(): void {
    this.isDestroyed = true
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
}

export interface Line {
  wire: MemoryWire
  connection: Connection
  pool: Pool
  /** One character a byte. */
  send(text: string): void
}

export function open(
  app: Partial<App>,
  limits: Partial<Limits> = {},
  pool = new Pool(limits),
): Line {
  const wire = new MemoryWire()
  const connection = new Connection(
    { static: none, handler: none, fetch: nothing, ...app },
    pool,
    wire,
  )
  pool.add(connection)
  return { wire, connection, pool, send: text => connection.receive(Buffer.from(text, 'latin1')) }
}

const none = (): undefined => undefined
const nothing = (): Response => new Response(null, { status: 404 })

/** Lets all that is ready happen. */
export async function settle(turns = 3): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(resolve => setImmediate(resolve))
}

/** mulberry32: numbers from 0 to 1 that are the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
