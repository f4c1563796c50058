// The project that is stormed: pages and files that are kept, and handlers of each kind. Whatever an
// answer says of its request is an id of eight digits, so that the answer to one is that to another
// with the id put in.

/** Stands for the id of any request. */
export const NOBODY = '00000000'

const page = (lines: number): string =>
  Array.from({ length: lines }, (_, line) => `<p>line ${line} of ${lines}</p>`).join('\n')

export const FILES: Record<string, string> = {
  'public/app.css': Array.from({ length: 90 }, (_, line) => `.c${line} { top: ${line}px }`).join(
    '\n',
  ),
  'public/digits.txt': '0123456789'.repeat(400),
  // Above 1 MB, and read from disk.
  'public/large.bin': Array.from({ length: 160_000 }, (_, line) => `${line + 1_000_000}`).join(' '),
  'routes/index.ts': `export const GET = '<!doctype html>' + ${JSON.stringify(page(20))}`,
  'routes/big.ts': `export const GET = ${JSON.stringify(page(6_000))}`,
  'routes/hello/[id].ts': `export const GET = (c: any) => c.text('hello ' + c.req.param('id'))`,
  'routes/sync/[id].ts': `export const config = { prerender: false }
    export const GET = (c: any) => {
      c.header('x-id', c.req.param('id'))
      return c.text('sync ' + c.req.param('id') + ' ' + (c.req.header('x-id') ?? ''))
    }`,
  'routes/later/[id].ts': `export const config = { prerender: false }
    export const GET = async (c: any) => {
      const id = c.req.param('id')
      await new Promise(resolve => setTimeout(resolve, Number(id) % 8))
      c.header('x-id', id)
      return c.json({ id })
    }`,
  'routes/long/[id].ts': `export const config = { prerender: false }
    export const GET = (c: any) => c.body(('long ' + c.req.param('id')).repeat(12_000))`,
  'routes/stream/[id].ts': `export const config = { prerender: false }
    export const GET = (c: any) => {
      const id = c.req.param('id')
      let left = 6
      const body = new ReadableStream({
        async pull(controller) {
          if (left-- === 0) return controller.close()
          if (left % 2 === 0) await new Promise(resolve => setTimeout(resolve, 1))
          controller.enqueue(new TextEncoder().encode(('piece ' + id).repeat(40 * left)))
        },
      })
      return new Response(body, { headers: { 'x-id': id } })
    }`,
  // Descriptors that come and go between those of clients: of a file, and of another server's sockets.
  'routes/relay/[id].ts': `import { closeSync, openSync, readSync } from 'node:fs'
    import { readFile } from 'node:fs/promises'
    export const config = { prerender: false }
    export const GET = async (c: any) => {
      const id = c.req.param('id')
      const descriptor = openSync(process.execPath, 'r')
      readSync(descriptor, new Uint8Array(10), 0, 10, 0)
      const [answer, file] = await Promise.all([
        fetch('http://127.0.0.1:' + process.env.STORM_UPSTREAM + '/' + id),
        readFile('/proc/self/comm', 'utf8'),
      ])
      closeSync(descriptor)
      return c.text(await answer.text() + (file === '' ? ' nothing' : ''))
    }`,
  'routes/echo/[id].ts': `export const POST = (c: any) =>
      new Response(c.req.raw.body, { headers: { 'x-id': c.req.param('id') } })`,
  'routes/whole/[id].ts': `export const POST = async (c: any) => {
      const bytes = await c.req.arrayBuffer().catch(() => new Uint8Array(0))
      c.header('x-id', c.req.param('id'))
      return c.body(bytes)
    }`,
  // Reads as slowly as makes the connection wait.
  'routes/slow/[id].ts': `export const POST = async (c: any) => {
      const parts = []
      try {
        for await (const part of c.req.raw.body ?? []) {
          parts.push(part)
          if (parts.length % 4 === 0) await new Promise(resolve => setTimeout(resolve, 1))
        }
      } catch {
        // The client is gone.
        return c.text('cut short')
      }
      const text = Buffer.concat(parts).toString('latin1')
      const own = text.replaceAll(c.req.param('id') + '.', '')
      return c.text(c.req.param('id') + ' ' + text.length + ' ' + own.length)
    }`,
  'routes/process.ts': `export const config = { prerender: false }
    export const GET = (c: any) => {
      globalThis.gc?.()
      return c.json({ pid: process.pid, memory: process.memoryUsage().rss })
    }`,
}
