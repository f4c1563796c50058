// What a connection may cost, and how long it may take. Every bound has a default that suits a site
// on the open internet.

export interface Limits {
  /** Bytes of a request line with its fields; 431 above (414 where the line alone is longer). */
  headSize: number
  /** Field lines of a request, and of a trailer section; 431 above. */
  fields: number
  /** Bytes of a request body, whatever is done with it; 413 above. */
  bodySize: number
  /** Bytes of a body that a handler may ask for in one piece; it gets an error above. */
  wholeBody: number
  /** Bytes of a body nobody reads that are let pass, so that the connection can go on. */
  drain: number
  /** Bytes that wait in memory, a connection and a direction, before its peer has to. */
  highWater: number
  /** Seconds from the first byte of a head, or from connecting, to its last. */
  headTimeout: number
  /** Seconds without a byte of a body that is waited for. */
  bodyTimeout: number
  /** Seconds without a byte taken by a client that has bytes to take. */
  writeTimeout: number
  /** Seconds between requests. */
  idleTimeout: number
  /** Seconds that a client has to close after the server did. */
  lingerTimeout: number
  /** Requests on one connection. */
  requests: number
  /** Connections of one process; what comes above is closed at once. */
  connections: number
}

export const LIMITS: Limits = {
  headSize: 16_384,
  fields: 100,
  bodySize: Number.POSITIVE_INFINITY,
  wholeBody: 128 << 20,
  drain: 1 << 20,
  highWater: 65_536,
  headTimeout: 20,
  bodyTimeout: 30,
  writeTimeout: 60,
  // Longer than the 60 s that proxies keep idle connections, so that theirs close first.
  idleTimeout: 65,
  lingerTimeout: 2,
  requests: Number.POSITIVE_INFINITY,
  connections: 50_000,
}
