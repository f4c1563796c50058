// What `import ... from 'precast'` gives a project: the type of its `precast.config.ts`, and what a
// route can be made of beside Hono.

import { defineWebSocketHelper, type UpgradeWebSocket, type WSEvents } from 'hono/ws'

export interface Config {
  /**
   * What a route's URL with a slash at its end answers: `never` (default) redirects `/about/` to
   * `/about`, `always` the other way round, `ignore` serves both.
   */
  trailingSlash?: 'never' | 'always' | 'ignore'
  /**
   * How much a build spends on encodings: `auto` (default) takes the best levels while they cost it no
   * more than some two seconds, `best` takes them for everything.
   */
  compression?: 'auto' | 'best'
  /**
   * Whether the pages of one parameter route are compressed with what they have in common, for browsers
   * that know dictionaries (RFC 9842); `false` by default.
   */
  dictionary?: boolean
}

/** Gives an editor the type of the object; returns it as it is. */
export function defineConfig(config: Config): Config {
  return config
}

export interface WebSocketOptions {
  /** Bytes of the largest message that is taken, 16 MB by default; a larger one ends with 1009. */
  maxPayload?: number
}

/** What `raw` of a socket has: that of the package ws. */
export interface RawWebSocket {
  /** Bytes that wait for the client. */
  readonly bufferedAmount: number
  ping(): void
  /** Drops the connection. */
  terminate(): void
}

type Upgrade = (events: WSEvents<RawWebSocket>, options?: WebSocketOptions) => Promise<Response>

/**
 * A handler that speaks WebSocket: Hono's helper, the same on all hosts. It answers 101, 426 where no
 * WebSocket is asked for, 400 where the handshake is malformed, and 501 on hosts that cannot hand a
 * connection over.
 */
export const upgradeWebSocket: UpgradeWebSocket<RawWebSocket, WebSocketOptions> =
  defineWebSocketHelper(async (c, events, options) => {
    const request = c.req.raw as unknown as Record<symbol, Upgrade | undefined>
    // By name: the server is another bundle.
    const upgrade = request[Symbol.for('precast.websocket')]
    if (upgrade === undefined) return c.text('This host does not speak WebSocket', 501)
    return upgrade.call(request, events, options)
  })
