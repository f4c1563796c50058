// The line every server goes through: options, load, app, listen, ready, stop. A host brings only
// what its platform does differently. The one place of the runtime that prints or ends the process.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync, unlinkSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import process from 'node:process'
import type { App } from './app.ts'
import { createApp } from './app.ts'
import type { ModuleLoader } from './artifact.ts'
import type { Limits } from './http1/limits.ts'
import { isGone } from './light/request.ts'
import { load } from './load.ts'
import { type Options, readOptions, UsageError } from './options.ts'
import { type Fork, READY, supervise } from './workers.ts'

/** What an entry of `dist/` hands over. */
export interface Entry {
  /** The folder `dist/`, with a slash at its end. */
  dir: URL
  modules: ModuleLoader[]
  /** Whether a route speaks WebSocket. */
  websockets?: boolean
}

export interface Address {
  /** 0 for a free one. */
  port: number
  hostname: string
  /** Whether other processes of ours listen on it too. */
  shared: boolean
  /** Path of a unix socket, in place of port and hostname. */
  unix: string | undefined
  /** In PEM. */
  tls: { cert: string; key: string } | undefined
  limits: Partial<Limits>
  /** Whether a route speaks WebSocket, and the host has to. */
  websockets: boolean
}

export interface Server {
  /** 0 where it is a path. */
  port: number
  /** Takes no more connections; resolves when no request is being answered. */
  stop(): Promise<void>
}

export interface Host {
  /** Resolves once connections are accepted. */
  listen(app: App, at: Address): Promise<Server>
  /** Starts a worker process, where the platform does not share ports by itself. */
  fork?: Fork
  /** Whether HTTP is our own, so that TLS, unix sockets and limits can be had. */
  isRaw?: boolean
}

/** Milliseconds that requests in flight have when the server is told to stop. */
const GRACE = 8_000
/** The same for a process with workers, which has to outlive theirs. */
const GRACE_ABOVE = 10_000

/** Serves `dist/` on a host until a signal comes. Ends the process by itself. */
export async function serve(entry: Entry, host: Host): Promise<void> {
  const worker = take('PRECAST_WORKER')
  // Set by whoever started this process over a channel and wants it gone when the channel is.
  const lifeline = take('PRECAST_LIFELINE') !== undefined || worker !== undefined
  let server: { stop(): Promise<void> } | undefined
  let stopping = false
  let grace = GRACE
  const stop = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), grace)
    Promise.resolve(server?.stop()).finally(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  if (lifeline) process.on('disconnect', stop)
  // By default it would end the process, and with it the answers of all other clients.
  process.on('unhandledRejection', error => {
    if (!isGone(error)) console.error('precast: a promise that nobody waits for failed:', error)
  })

  try {
    const options = readOptions(process.argv.slice(2), process.env)
    if (!host.isRaw) refuse(options)
    const { port, hostname, workers, unix, limits } = options
    const websockets = entry.websockets === true
    const tls = readTls(options)
    const at: Address = { port, hostname, shared: false, unix, tls, limits, websockets }
    if (worker !== undefined) {
      server = await open(entry, host, { ...at, port: Number(worker), shared: true })
      process.send?.(READY)
      return
    }
    if (unix !== undefined) {
      await probePath(unix)
      server = await open(entry, host, at)
      console.log(`Listening on unix:${unix}`)
      return
    }
    const free = await probe(port, hostname)
    if (workers > 1) {
      grace = GRACE_ABOVE
      const group = supervise(workers, free, host.fork)
      server = group
      await group.ready
      ready(at, free)
    } else {
      const listening = await open(entry, host, at)
      server = listening
      ready(at, listening.port)
    }
  } catch (error) {
    fail(error as Error)
  }
}

function refuse({ unix, tls, limits }: Options): void {
  const [asked] = Object.entries({ '--unix': unix, '--tls-cert': tls, '--limit': limits }).find(
    ([, value]) => value !== undefined && Object.keys(value).length > 0,
  ) ?? ['']
  if (asked !== '') throw new UsageError(`${asked} is for the hosts bun, deno and node`)
}

function readTls({ tls }: Options): Address['tls'] {
  if (!tls) return undefined
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new Expected(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`)
    }
  }
  const found = { cert: read(tls.cert), key: read(tls.key) }
  // Checked here: Deno would listen with what it cannot use.
  const parse = <T>(what: string, file: string, make: () => T): T => {
    try {
      return make()
    } catch {
      throw new Expected(`${file} holds no ${what} in PEM`)
    }
  }
  const certificate = parse('certificate', tls.cert, () => new X509Certificate(found.cert))
  const key = parse('private key', tls.key, () => createPrivateKey(found.key))
  if (!certificate.checkPrivateKey(key))
    throw new Expected(`the key in ${tls.key} is not that of the certificate in ${tls.cert}`)
  return found
}

async function open(entry: Entry, host: Host, at: Address): Promise<Server> {
  const app = createApp(await load(entry.dir), { modules: entry.modules })
  return host.listen(app, at)
}

/** Takes a mark out of the environment, so that neither user code nor its children see it. */
function take(name: string): string | undefined {
  const value = process.env[name]
  delete process.env[name]
  return value
}

function ready({ hostname, tls }: Address, port: number): void {
  const everywhere = hostname === '0.0.0.0' || hostname === '::'
  const name = everywhere ? 'localhost' : hostname.includes(':') ? `[${hostname}]` : hostname
  console.log(`Listening on http${tls ? 's' : ''}://${name}:${port}`)
}

/**
 * Tries the address before a host does. Servers that share a port would join a stranger's without a
 * word, and the platforms' own errors differ: uWebSockets.js gives none at all.
 * @returns the port, chosen where it is 0
 */
function probe(port: number, hostname: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = REASONS[error.code ?? ''] ?? error.message
      reject(new Expected(`cannot listen on ${hostname} port ${port}: ${why}`))
    })
    server.listen({ port, host: hostname, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Removes what a server that was killed left behind; one that answers is another's. */
function probePath(path: string): Promise<void> {
  const isSocket = statSync(path, { throwIfNoEntry: false })?.isSocket()
  if (isSocket === undefined) return Promise.resolve()
  if (!isSocket) throw new Expected(`cannot listen on ${path}: something else is there`)
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      reject(new Expected(`cannot listen on ${path}: another server does`))
    })
    socket.once('error', () => {
      unlinkSync(path)
      resolve()
    })
  })
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'not permitted',
  EADDRNOTAVAIL: 'no such address on this machine',
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no such name',
}

class Expected extends Error {
  override name = 'Expected'
}

/** Errors a user can act on by their message alone. */
const PLAIN = new Set(['Expected', 'LoadError', 'UsageError', 'WorkersError'])

function fail(error: Error): never {
  console.error(PLAIN.has(error.name) ? `precast: ${error.message}` : error)
  process.exit(error.name === 'UsageError' ? 2 : 1)
}
