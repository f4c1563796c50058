// What a user can say to a server: flags and environment in, checked values out. Prints nothing.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface Options {
  /** 0 for a free one. */
  port: number
  /** Address or name of the interface to listen on. */
  hostname: string
  /** Processes that share the port. */
  workers: number
}

/** The command line or the environment says something that cannot be meant. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Options of a server, from `--port`, `--hostname` and `--workers`, then from `PORT`.
 * @throws UsageError
 */
export function readOptions(args: string[], env: Record<string, string | undefined>): Options {
  let flags: { port?: string; hostname?: string; workers?: string }
  try {
    const options = {
      port: { type: 'string' },
      hostname: { type: 'string' },
      workers: { type: 'string' },
    } as const
    flags = parseArgs({ args, options }).values
  } catch (error) {
    // Node's message goes on with advice about `--` that does not apply.
    throw new UsageError((error as Error).message.split('. ')[0])
  }
  return {
    port: flags.port !== undefined ? port(flags.port, '--port') : port(env.PORT || '3000', 'PORT'),
    hostname: flags.hostname ?? '0.0.0.0',
    workers: workers(flags.workers ?? '1'),
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
