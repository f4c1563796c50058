// Bytes of a client -> the requests that the `uws` host sees in them, asked of a process of its own
// over a connection for each.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { program } from '../../cli/hosts.ts'
import { root } from '../hosts/harness.ts'

export interface UwsReading {
  messages: [method: string, target: string][]
  refused: boolean
}

export interface Uws {
  read(text: string): Promise<UwsReading>
  stop(): Promise<void>
}

/** Gives a string where it cannot run here, which says why. */
export async function startUws(): Promise<Uws | string> {
  const found = program('uws', root)
  if (typeof found === 'string') return found
  const [file, ...args] = found.command
  const folder = mkdtempSync(join(tmpdir(), 'precast-uws-'))
  const path = join(folder, 'socket')
  const script = join(import.meta.dirname, 'uws-server.ts')
  const child = spawn(file!, [...args, '--import=tsx', script, path], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...found.env },
  })
  const gone = new Promise<void>(resolve => child.on('exit', () => resolve()))
  const waiting = new Map<string, (messages: UwsReading['messages']) => void>()
  await new Promise<void>((resolve, reject) => {
    child.on('exit', code => reject(new Error(`uws ended with ${code}`)))
    createInterface(child.stdout).on('line', line => {
      if (line === 'ready') {
        resolve()
        return
      }
      const space = line.indexOf(' ')
      const id = line.slice(0, space)
      waiting.get(id)!(JSON.parse(line.slice(space + 1)))
      waiting.delete(id)
    })
  })
  let count = 0
  return {
    async read(text) {
      const id = String(count++)
      const messages = new Promise<UwsReading['messages']>(resolve => waiting.set(id, resolve))
      const refused = await send(path, `GET /connection/${id} HTTP/1.1\r\nHost: x\r\n\r\n${text}`)
      return { messages: await messages, refused }
    },
    async stop() {
      child.stdin.end()
      await gone
      rmSync(folder, { recursive: true })
    },
  }
}

/** The library answers all of it before it sees that no more comes, and then closes. */
function send(path: string, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(path)
    socket.on('data', data => {
      answer += data.toString('latin1')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // It closes on what it refuses with bytes unread, and the system says so.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => resolve(/HTTP\/1\.1 [45]/.test(answer)))
    socket.end(text, 'latin1')
  })
}
