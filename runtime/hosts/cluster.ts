// Workers on Node.js: 20 cannot share a port between processes by itself, its cluster module can.

import type { ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'
import process from 'node:process'
import { command } from '../workers.ts'

/** Starts this program once more, as a worker on `port`. */
export function fork(port: number): ChildProcess {
  const execArgv = command().slice(1, -1)
  cluster.setupPrimary({ exec: process.argv[1], args: process.argv.slice(2), execArgv })
  return cluster.fork({ PRECAST_WORKER: String(port) }).process
}
