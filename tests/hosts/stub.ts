// An app of answers that are hard for a host to give: stands in for runtime/app.ts and
// runtime/load.ts in the bundles that tests/hosts runs.

import { existsSync } from 'node:fs'
import type { App } from '../../runtime/app.ts'
import { writeHead } from '../../runtime/head.ts'
import { Reply } from '../../runtime/static.ts'

const encoder = new TextEncoder()

function reply(status: number, fields: [string, string][], body: Uint8Array | null): Reply {
  return new Reply(status, writeHead(status, fields), body, fields)
}

function page(text: string): Record<string, Reply> {
  const body = encoder.encode(text)
  const fields: [string, string][] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.byteLength)],
    ['Vary', 'Accept-Encoding'],
    ['ETag', '"tag"'],
  ]
  return {
    GET: reply(200, fields, body),
    HEAD: reply(200, fields, null),
    304: reply(304, fields.slice(2), null),
  }
}

const pages: Record<string, Record<string, Reply>> = {
  '/static': page('static'),
  '/large': page('0123456789abcdef'.repeat(655_360)),
  '/nothing': { GET: reply(204, [['X-Nothing', 'yes']], null) },
  '/moved': {
    GET: reply(
      308,
      [
        ['Location', '/static'],
        ['Content-Length', '0'],
      ],
      new Uint8Array(0),
    ),
  },
}

/** What handlers saw, for the tests to ask. */
const seen: string[] = []
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const until = async (isSo: () => boolean) => {
  while (!isSo()) await sleep(5)
}
const turn = () => new Promise(resolve => setImmediate(resolve))
const later = async (chunk: string | null) => {
  await sleep(20)
  return chunk
}

function stream(next: (index: number) => Promise<string | null> | string | null, length?: string) {
  let index = 0
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await next(index++)
        if (chunk === null) controller.close()
        else controller.enqueue(encoder.encode(chunk))
      },
      cancel() {
        seen.push('cancelled')
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, length === undefined ? {} : { headers: { 'content-length': length } })
}

const handlers: Record<string, (request: Request, target: string) => Response | Promise<Response>> =
  {
    '/info': (request, target) =>
      Response.json({
        method: request.method,
        url: request.url,
        target,
        headers: [...request.headers],
      }),
    '/seen': () => Response.json(seen),
    '/pid': () => new Response(String(process.pid)),
    '/env': () =>
      Response.json(Object.keys(process.env).filter(name => name.startsWith('PRECAST_'))),
    '/echo': request => new Response(request.body, { headers: { 'content-type': 'text/plain' } }),
    '/count': async request => new Response(String((await request.arrayBuffer()).byteLength)),
    '/ignore': () => new Response('ignored'),
    '/slow': async request => {
      // For a test that must know that it began, in whatever process.
      process.stderr.write('slow begins\n')
      await sleep(Number(new URL(request.url).searchParams.get('ms')))
      return new Response('slow')
    },
    '/ticks': () =>
      stream(async index => {
        if (index > 0) await sleep(100)
        return index < 4 ? `tick ${index}\n` : null
      }),
    '/endless': () => stream(async () => 'x'.repeat(65_536)),
    // Needs no turn of the loop any more, once its client is gone and a write has failed. By two chunks
    // in one turn after that, Deno has closed its socket in the next, and does not say so before another.
    '/restless': request => {
      const sign = new URL(request.url).searchParams.get('sign')!
      return stream(async index => {
        if (index === 1) await turn()
        if (index === 2)
          for (const end = Date.now() + 10_000; Date.now() < end && !existsSync(sign); );
        if (index === 4) await turn()
        if (index < 5_000) return 'x'.repeat(1000)
        seen.push('held')
        return null
      })
    },
    '/silent': () => stream(() => new Promise(() => {})),
    '/megabytes': () => stream(index => (index < 160 ? 'm'.repeat(65_536) : null)),
    '/measured': () =>
      stream(index => (index < 160 ? 'm'.repeat(65_536) : null), String(160 * 65_536)),
    '/broken': () =>
      stream(async index => {
        await sleep(50)
        if (index === 1) throw new Error('broken stream')
        return 'half'
      }),
    '/failing': () =>
      stream(() => {
        throw new Error('failing stream')
      }),
    '/failing-later': () =>
      stream(async () => {
        await turn()
        throw new Error('stream that fails later')
      }),
    '/promised': () => stream(() => turn().then(() => null), '5'),
    '/short': () => stream(index => later(index < 1 ? 'abc' : null), '10'),
    '/long': () => stream(index => later(index < 3 ? 'abc' : null), '4'),
    '/hang': async request => {
      seen.push('hang begins')
      await new Promise(resolve => {
        request.signal.addEventListener('abort', resolve)
      })
      seen.push('aborted')
      return new Response('nobody reads this')
    },
    '/patient': async request => {
      seen.push('patient begins')
      await new Promise(resolve => {
        request.signal.addEventListener('abort', resolve)
      })
      seen.push('patient aborted')
      return new Response('nobody reads this')
    },
    '/cookies': () => {
      const headers = new Headers({ 'x-word': 'caf\u00e9' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2; Path=/')
      return new Response('cookies', { headers })
    },
    '/framing': () =>
      new Response('framing', { headers: { 'transfer-encoding': 'chunked', 'x-own': 'yes' } }),
    '/none': () => new Response(null, { status: 204 }),
    '/null': () => new Response(null, { status: 200 }),
    '/empty': () => new Response(''),
    '/sized-head': () => new Response(null, { headers: { 'content-length': '42' } }),
    '/used': async () => {
      const response = new Response('used')
      await response.text()
      return response
    },
    '/locked': async () => {
      const response = stream(() => null)
      response.body!.getReader()
      return response
    },
    '/bytes': () => new Response(new Uint8Array([0, 1, 254, 255]).subarray(1)),
    '/clone': async () => {
      const response = new Response('caf\u00e9')
      const copy = response.clone()
      await response.text()
      return copy
    },
    '/half-pair': () => new Response('a\ud800b'),
    '/dated': () => new Response('dated', { headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' } }),
    // Bun and Deno make one, on Node.js this throws.
    '/switching': () => new Response(null, { status: 101 }),
    '/vary': () => new Response('vary', { headers: { vary: 'connection', 'x-behind': 'it' } }),
    '/sized-none': () => new Response(null, { status: 204, headers: { 'content-length': '5' } }),
    '/sized-empty': () => stream(() => later(null), '0'),
    '/last-none': () => new Response(null, { status: 204, headers: { connection: 'close' } }),
    '/last': () => new Response('last', { headers: { connection: 'close' } }),
    '/odd': () => new Response('odd', { status: 299 }),
    '/late': async request => {
      seen.push('late begins')
      await until(() => seen.includes('go on'))
      seen.push(request.signal.aborted ? `aborted: ${request.signal.reason.name}` : 'not aborted')
      return new Response('nobody reads this')
    },
    '/read': async request => {
      seen.push('reads')
      await request.text().catch(error => seen.push(`no text: ${error.name}`))
      return new Response('nobody reads this')
    },
    '/read-late': request => {
      until(() => seen.includes('go on'))
        .then(() => request.text())
        .then(
          text => seen.push(`late text: ${text}`),
          error => seen.push(`no late text: ${error.name}`),
        )
      return new Response('early')
    },
    '/go-on': () => {
      seen.push('go on')
      return new Response('')
    },
    '/forget': () => {
      seen.length = 0
      return new Response('')
    },
    '/left-alone': request => {
      void request.text()
      void Promise.reject(new Error('nobody waits'))
      return new Response('answered')
    },
    '/reject': () => Promise.reject(new Error('rejected')),
    '/die': () => process.exit(3),
  }

/** What Hono's `getConnInfo` for Node.js reads. */
function peerOf(env: unknown): unknown {
  const { incoming } = env as { incoming?: { socket: Record<string, unknown> } }
  return [incoming?.socket.remoteAddress, incoming?.socket.remoteFamily]
}

export async function load(dir: URL): Promise<unknown> {
  if (process.env.STUB_LOAD_ERROR) {
    const error = new Error(`${dir.pathname} is damaged: run \`precast build\` again`)
    error.name = 'LoadError'
    throw error
  }
  if (process.env.STUB_DIE && process.env.STUB_DIE === 'start') process.exit(7)
  return {}
}

export function createApp(): App {
  return {
    static(method, target, headers) {
      const found = pages[target]
      if (found?.['304'] && headers.get('if-none-match') === '"tag"') return found['304']
      return found?.[method]
    },
    handler: () => null,
    fetch(request, env, _ctx, target = '') {
      if (target === '/peer') return Response.json(peerOf(env))
      const handler = handlers[target.split('?')[0]] ?? handlers[new URL(request.url).pathname]
      return handler ? handler(request, target) : new Response('not found', { status: 404 })
    },
  }
}
