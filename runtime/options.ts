// What a user can say to a server: flags and environment in, checked values out. Prints nothing.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { LIMITS, type Limits } from './http1/limits.ts'

export interface Options {
  /** 0 for a free one. */
  port: number
  /** Address or name of the interface to listen on. */
  hostname: string
  /** Processes that share the port. */
  workers: number
  /** Path of a unix socket to listen on in place of a port. */
  unix: string | undefined
  /** Files, in PEM. */
  tls: { cert: string; key: string } | undefined
  /** Those that differ from the defaults. */
  limits: Partial<Limits>
}

/** The command line or the environment says something that cannot be meant. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const FLAGS = {
  port: { type: 'string' },
  hostname: { type: 'string' },
  workers: { type: 'string' },
  unix: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  limit: { type: 'string', multiple: true },
} as const

/**
 * Options of a server, from its flags, then from `PORT`.
 * @throws UsageError
 */
export function readOptions(args: string[], env: Record<string, string | undefined>): Options {
  let flags: ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values']
  try {
    flags = parseArgs({ args, options: FLAGS }).values
  } catch (error) {
    // Node's message goes on with advice about `--` that does not apply.
    throw new UsageError((error as Error).message.split('. ')[0])
  }
  const { unix, 'tls-cert': cert, 'tls-key': key } = flags
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('--tls-cert and --tls-key belong together')
  const count = workers(flags.workers ?? '1')
  if (unix !== undefined && count > 1)
    throw new UsageError('--unix is for one process: a path cannot be shared as a port can')
  return {
    port: flags.port !== undefined ? port(flags.port, '--port') : port(env.PORT || '3000', 'PORT'),
    hostname: flags.hostname ?? '0.0.0.0',
    workers: count,
    unix,
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    limits: limits(flags.limit ?? []),
  }
}

function port(text: string, name: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError(`${name} is a number from 0 to 65535, not '${text}'`)
}

function workers(text: string): number {
  if (text === 'auto') return availableParallelism()
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw new UsageError(`--workers is a number from 1 to 999 or 'auto', not '${text}'`)
}

/** `head-timeout` of `headTimeout`. */
const dashed = (name: string): string =>
  name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

const NAMES = new Map(Object.keys(LIMITS).map(name => [dashed(name), name as keyof Limits]))

const UNITS: Record<string, number> = { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 }

/** `NAME=VALUE`, where VALUE is a number, one with the unit k, m or g, or `none`. */
function limits(texts: string[]): Partial<Limits> {
  const found: Partial<Limits> = {}
  for (const text of texts) {
    const [, dashedName = '', value = ''] = /^([^=]*)=?(.*)$/.exec(text)!
    const name = NAMES.get(dashedName)
    if (name === undefined)
      throw new UsageError(`--limit knows ${[...NAMES.keys()].join(', ')}, not '${dashedName}'`)
    const [, digits, unit = ''] = /^(\d{1,12})([kmg]?)$/i.exec(value) ?? []
    const number = digits && Number(digits) * UNITS[unit.toLowerCase()]!
    if (value !== 'none' && !number)
      throw new UsageError(`--limit ${dashedName} is a number above 0 or 'none', not '${value}'`)
    found[name] = number || Number.POSITIVE_INFINITY
  }
  return found
}
