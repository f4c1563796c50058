// Run by hosts.test.ts under each host: evaluates one small site and prints what came out, so that
// the hosts can be compared.

import { jobFor, run, shapeOf, site } from './site.ts'

const handlers: Record<string, string> = {
  page: `import { Card } from '../lib/card.tsx'\nexport default c => c.html(<Card title="hi" />)`,
  json: `export default c => c.json({ a: 1 })`,
  value: `export default { b: 2 }`,
  stream: `export default () => new Response(new ReadableStream({ start(s) { s.enqueue(new Uint8Array([104, 105])); s.close() } }))`,
  text: `export default c => c.text('t')`,
  fixed: `export default c => c.text(new Date(0).toISOString() + (5).toLocaleString('en'))`,
  file: `import { readFileSync } from 'node:fs'\nconst text = readFileSync('/etc/hostname', 'utf8')\nexport default c => c.text(String(text.length > 0))`,
  hash: `import { createHash } from 'node:crypto'\nexport default c => c.text(createHash('sha256').update('x').digest('hex'))`,
  clock: `export default c => {\n  try { return c.text(String(Date.now())) } catch {}\n}`,
  newDate: `export default c => c.text(new Date().toISOString())`,
  random: `export default c => c.text(String(Math.random()))`,
  uuid: `export default c => c.text(crypto.randomUUID())`,
  env: `export default c => c.text(process.env.HOME ?? '')`,
  zone: `export default c => c.text(String(new Date(0).getHours()))`,
  locale: `export default c => c.text((1234.5).toLocaleString())`,
  timer: `export default c => new Promise(r => setTimeout(() => r(c.text('x')), 1))`,
  network: `export default async c => { await fetch('http://127.0.0.1:1').catch(() => 0); return c.text('x') }`,
  log: `export default c => { console.log('x'); return c.text('x') }`,
  stack: `export default c => c.text(new Error('x').stack)`,
  typeofBun: `export default c => c.text(typeof globalThis.Bun)`,
  bun: `export default c => c.text(Bun.version)`,
  deno: `export default c => c.text(Deno.version.deno)`,
  bunEnv: `export default c => c.text(Bun.env.HOME)`,
  denoEnv: `export default c => c.text(Deno.env.get('HOME'))`,
  agent: `export default c => c.text(navigator.userAgent)`,
  header: `export default c => c.text(c.req.header('accept') ?? '')`,
  headers: `export default c => c.json([...c.req.raw.headers])`,
  url: `export default c => c.text(c.req.url)`,
  path: `export default c => c.text(c.req.path)`,
  copy: `export default c => c.text(new Request(c.req.raw).url)`,
  context: `export default c => { try { c.executionCtx } catch {} return c.text('x') }`,
  environment: `export default c => c.text(String(c.env))`,
  load: `const t = Date.now()\nexport default c => c.text(String(t))`,
  later: `const t = await Promise.resolve().then(() => Math.random())\nexport default c => c.text(String(t))`,
  osName: `import { hostname } from 'node:os'\nexport default c => c.text(hostname())`,
  call: `import { readFileSync } from 'node:fs'\nexport default c => c.text(readFileSync('/etc/hostname', 'utf8'))`,
  thrown: `export default c => {\n  throw new TypeError('no')\n}`,
  exit: `export default c => { try { process.exit(1) } catch {} return c.text('x') }`,
  loop: `export default c => { for (;;); }`,
  tamper: `export default c => { globalThis.oops = 1; return c.text('x') }`,
  override: `export default c => { Array.prototype.map = () => []; return c.text('x') }`,
  count: `let n = 0\nexport default c => c.text(String(n++))`,
  cookie: `import { setCookie } from 'hono/cookie'\nexport default c => { setCookie(c, 'a', 'b'); return c.text('x') }`,
  sqlite: `import { Database } from 'bun:sqlite'\nexport default c => c.text(String(new Database(':memory:').query('select 1').all()))`,
}

const files = Object.fromEntries(
  Object.entries(handlers).map(([name, source]) => [`routes/${name}.tsx`, source]),
)
const made = await site({
  ...files,
  'lib/card.tsx': `export const Card = ({ title }) => <h1>{title}</h1>`,
})
const jobs = Object.keys(files).map(file => jobFor(made.bundle, file))
const outcomes = await run(made, jobs, { timeout: 2000 })
made.remove()

const shown: Record<string, unknown> = {}
for (const [index, name] of Object.keys(handlers).entries()) {
  const outcome = outcomes[index]!
  shown[name] =
    outcome.kind === 'snapshot'
      ? [
          outcome.snapshot.status,
          outcome.snapshot.headers,
          new TextDecoder().decode(outcome.snapshot.body),
        ]
      : `${outcome.kind}: ${outcome.reason.message} (${outcome.reason.file}:${outcome.reason.line})`
}
const shape = await shapeOf(
  `export const config = { params: async () => [{ a: '1' }], match: { a: /x/ } }\nexport const GET = () => 1`,
)
process.stdout.write(
  JSON.stringify({ shown, shape: { config: shape.config, exports: shape.exports } }),
)
// esbuild's service would keep some hosts from ending.
process.exit(0)
