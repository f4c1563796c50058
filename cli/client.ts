// Requests to a server that runs -> its answers, whole where they are small. For `precast verify --url`.

import { createHash } from 'node:crypto'
import { request as requestHttp, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http'
import { request as requestHttps, Agent as HttpsAgent } from 'node:https'
import type { Digest } from '../compiler/compare.ts'

/** Milliseconds for which a server may be silent. */
const PATIENCE = 10_000

/** Bytes up to which a body is kept. */
const KEPT = 1 << 20

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer | Digest
}

/** One way to ask for a URL. */
export interface Probe {
  method: 'GET' | 'HEAD'
  search: string
  /** Lines by name. */
  headers: Record<string, string | string[]>
}

/** @throws where nobody answers, or not in time */
export type Client = ((path: string, probe: Probe) => Promise<Answer>) & { close(): void }

/**
 * Asks over connections that are kept; the path goes out as it is.
 * @param width connections at a time
 */
export function client(url: URL, width: number): Client {
  const isSecure = url.protocol === 'https:'
  const options = { keepAlive: true, maxSockets: width }
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  const request = isSecure ? requestHttps : requestHttp
  const base = url.pathname.replace(/\/$/, '')
  const once = (path: string, { method, search, headers }: Probe): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          protocol: url.protocol,
          hostname: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port,
          path: base + path + search,
          method,
          headers,
          agent,
          timeout: PATIENCE,
        },
        response => {
          const { statusCode: status = 0, headers } = response
          readBody(response).then(body => resolve({ status, headers, body }), reject)
        },
      )
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)))
      sent.on('error', reject)
      sent.end()
    })
  const ask = async (path: string, probe: Probe): Promise<Answer> => {
    try {
      return await once(path, probe)
    } catch (error) {
      // A kept connection may be closed by the server at any time (RFC 9112 section 9.3.1).
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
      return once(path, probe)
    }
  }
  return Object.assign(ask, { close: () => agent.destroy() })
}

async function readBody(stream: AsyncIterable<Buffer>): Promise<Buffer | Digest> {
  let parts: Buffer[] = []
  let length = 0
  const hash = createHash('sha256')
  for await (const part of stream) {
    parts.push(part)
    length += part.length
    if (length <= KEPT) continue
    for (const one of parts) hash.update(one)
    parts = []
  }
  return length <= KEPT ? Buffer.concat(parts) : { length, sha256: hash.digest('hex') }
}
