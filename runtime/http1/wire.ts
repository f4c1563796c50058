// What a connection needs of a socket. An adapter implements it in a few dozen lines.

import type { FilePart } from '../disk.ts'

/** Memory that is written from again and again. */
export interface Steady {
  readonly bytes: Uint8Array
  /** Where it is, for a wire that has a use for that; 0 where no one has asked. */
  address: number
}

export interface Wire {
  /**
   * Takes all of `bytes`, now or later.
   * @param lasting whether the bytes stay as they are until they are sent; a copy has to be made of
   * what cannot be sent at once otherwise.
   * @param from what the bytes are the beginning of, where they come again and again
   * @returns false where the client has to catch up: `Connection.drained` is called once it has.
   */
  write(bytes: Uint8Array, lasting: boolean, from?: Steady): boolean
  /** As `write`, of part of a file; absent where it could do no better than who reads it. */
  writeFile?(part: FilePart): boolean
  /** Whether bytes may still be read after `write` returned true. */
  readonly keeps: boolean
  /** Sends FIN behind what was written; reading goes on. */
  end(): void
  /** Lets go of it; what was sent still arrives. */
  close(): void
  /** Drops all, so that the client sees that something is missing. */
  destroy(): void
  /** Reads no more until `resume`. */
  pause(): void
  resume(): void
  /** Bytes that were taken and not yet sent. */
  pending(): number
  /** What handlers get as `env`: the platform's bindings, client address among them. */
  readonly env: unknown
  /** Whether TLS is between. */
  readonly secure: boolean
}

/** What a protocol that took over gets to hear. */
export interface Taken {
  /** The bytes are the connection's; copy what is kept. */
  data(bytes: Uint8Array): void
  drained?(): void
  /** The client sends no more. */
  ended?(): void
  closed?(): void
  /** As long as an idle connection may last, nothing came: false to let go of it. */
  idle?(): boolean
  /** The server stops. */
  retire?(): void
}

/** Takes a connection over from HTTP. */
export type SwitchTo = (wire: Wire) => Taken
