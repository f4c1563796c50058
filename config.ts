// What `import ... from 'precast'` gives a project: the type of its `precast.config.ts`, and what a
// route can be made of beside Hono.

import { defineWebSocketHelper, type UpgradeWebSocket } from 'hono/ws'
import { agree, type RawWebSocket, type WebSocketOptions } from './runtime/websocket/handshake.ts'

export type { RawWebSocket, WebSocketOptions }

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

/**
 * A handler that speaks WebSocket: Hono's helper, the same on all hosts. It answers 101, 426 where no
 * WebSocket is asked for, 400 where the handshake is malformed, and 501 where `dist/fetch.js` runs on a
 * platform without one.
 */
export const upgradeWebSocket: UpgradeWebSocket<RawWebSocket, WebSocketOptions> =
  defineWebSocketHelper((c, events, options) => agree(c.req.raw, events, options))
