// Reads of the request, of Hono's context and of the response's own words, in both modes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, jobFor, run, runOne, site } from './site.ts'

const READS: [string, RegExp][] = [
  ['c.text(c.req.header("Accept-Language") ?? "")', /the request header "accept-language"/],
  ['c.json(c.req.header())', /the request headers/],
  ['c.text(c.req.raw.headers.get("Cookie") ?? "")', /the request header "cookie"/],
  ['c.text([...c.req.raw.headers].join())', /the request headers/],
  ['c.text(new Headers(c.req.raw.headers).get("x") ?? "")', /the request headers/],
  ['c.text(getCookie(c, "session") ?? "")', /the request header "cookie"/],
  ['c.text(c.req.query("page") ?? "")', /its URL/],
  ['c.text(c.req.url)', /its URL/],
  ['c.text(c.req.path)', /its path/],
  ['c.text(c.req.method)', /its method/],
  ['c.text(c.req.raw.method)', /its method/],
  ['c.req.text().then(t => c.text(t))', /its body/],
  ['c.text(String(c.req.raw.body))', /its body/],
  ['c.text(String(c.req.raw.signal.aborted))', /abort signal/],
  ['c.text(String(c.req.raw.cf))', /the request: cf/],
  ['c.text(String("cf" in c.req.raw))', /for cf in the request/],
  ['c.text(new Request(c.req.raw).url)', /copies the request/],
  ['c.text(c.req.raw.clone().url)', /the request: clone/],
  ['c.text(String(c.env))', /c\.env/],
  ['{ try { c.executionCtx } catch {} return c.text("x") }', /c\.executionCtx/],
  ['{ try { c.event } catch {} return c.text("x") }', /c\.event/],
  ['{ try { c.req.header("x") } catch {} return c.text("x") }', /the request header "x"/],
]

for (const mode of ['prove', 'keep'] as const) {
  test(`every read of the request counts in mode ${mode}`, async t => {
    const made = await site(
      Object.fromEntries(
        READS.map(([code], index) => [
          `routes/r${index}.ts`,
          `import { getCookie } from 'hono/cookie'\nexport default c => ${code.startsWith('{') ? code : `(${code})`}`,
        ]),
      ),
    )
    const outcomes = await run(
      made,
      READS.map((_, index) => jobFor(made.bundle, `routes/r${index}.ts`, { mode })),
    )
    made.remove()
    for (const [index, [code, expected]] of READS.entries()) {
      await t.test(code, () => {
        const outcome = outcomes[index]!
        assert.equal(outcome.kind, mode === 'keep' ? 'failed' : 'dynamic')
        assert.match((outcome as { reason: { message: string } }).reason.message, expected)
      })
    }
  })
}

test('a reason names the place of the read, through helpers of other files', async () => {
  const outcome = await runOne(
    `import { lang } from '../lib/lang.ts'\nexport const GET = c =>\n  c.text(lang(c))`,
    {},
    {},
    {
      'lib/lang.ts': `// which language\nexport function lang(c: any): string {\n  return c.req.header('accept-language') ?? 'en'\n}`,
    },
  )
  assert.equal(outcome.kind, 'dynamic')
  assert.deepEqual((outcome as { reason: unknown }).reason, {
    message: 'reads the request header "accept-language"',
    file: 'lib/lang.ts',
    line: 3,
    column: 16,
  })
})

test('a read in a package names the package, at the place of the call', async () => {
  const outcome = await runOne(
    `import { stamp } from '@scope/lib'\nexport default c => {\n  return c.text(stamp())\n}`,
    {},
    {},
    {
      'node_modules/@scope/lib/package.json': `{ "name": "@scope/lib", "exports": "./index.js" }`,
      'node_modules/@scope/lib/index.js': `export const stamp = () => String(Date.now())`,
    },
  )
  assert.deepEqual((outcome as { reason: unknown }).reason, {
    message: 'reads the clock: Date.now(), in the package @scope/lib',
    file: 'routes/a.tsx',
    line: 3,
    column: 17,
  })
})

test('middleware counts as part of the handler, wherever it is imported from', async () => {
  const source = `export default c => c.text('x')`
  const cors = {
    'routes/_middleware.ts': `import { cors } from 'hono/cors'\nexport default cors({ origin: ['http://a', 'http://b'] })`,
  }
  const outcome = await runOne(source, { middleware: ['routes/_middleware.ts'] }, {}, cors)
  assert.equal(outcome.kind, 'dynamic')
  assert.match(
    (outcome as { reason: { message: string } }).reason.message,
    /the request header "origin"/,
  )

  const poweredBy = {
    'routes/_middleware.ts': `import { poweredBy } from 'hono/powered-by'\nexport default [poweredBy(), async (c, next) => { await next(); c.header('x-after', '1') }]`,
  }
  const pure = await runOne(source, { middleware: ['routes/_middleware.ts'] }, {}, poweredBy)
  assert.equal(bodyOf(pure), 'x')
  assert.deepEqual((pure as { snapshot: { headers: unknown } }).snapshot.headers, [
    ['content-type', 'text/plain;charset=utf-8'],
    ['x-after', '1'],
    ['x-powered-by', 'Hono'],
  ])
})

test('path parameters that the URL names are no read', async () => {
  const made = await site({
    'routes/a.tsx': `export default c => c.html(<b>{c.req.param('slug')} {c.req.param().slug}</b>)`,
  })
  const jobs = ['one', 'caf%C3%A9'].map(slug =>
    jobFor(made.bundle, 'routes/a.tsx', { path: `/a/${slug}`, params: { slug } }),
  )
  const outcomes = await run(made, jobs)
  made.remove()
  assert.deepEqual(outcomes.map(bodyOf), ['<b>one one</b>', '<b>café café</b>'])
})

test('a _404 may not read a parameter of the folder it lies in', async () => {
  const dynamic = await runOne(`export default c => c.text('no ' + c.req.param('lang'))`, {
    role: 'not-found',
    path: '/x',
  })
  assert.equal(dynamic.kind, 'dynamic')
  const pure = await runOne(`export default c => c.html(<p>not here</p>)`, {
    role: 'not-found',
    path: '/x',
  })
  assert.equal(bodyOf(pure), '<p>not here</p>')
  assert.equal((pure as { snapshot: { status: number } }).snapshot.status, 404)
})

test('c.notFound() is kept only where no _404 could answer, or the user vouches for it', async () => {
  const made = await site({
    'routes/a.ts': `export default c => c.notFound()`,
    'routes/_404.ts': `export default c => c.text('gone')`,
  })
  const alone = jobFor(made.bundle, 'routes/a.ts')
  const behind = jobFor(made.bundle, 'routes/a.ts', { notFound: 'routes/_404.ts', id: 'b' })
  const kept = jobFor(made.bundle, 'routes/a.ts', {
    notFound: 'routes/_404.ts',
    id: 'c',
    mode: 'keep',
  })
  const [first, second, third] = await run(made, [alone, behind, kept])
  made.remove()
  assert.equal((first as { snapshot: { status: number } }).snapshot.status, 404)
  assert.match((second as { reason: { message: string } }).reason.message, /c\.notFound\(\)/)
  assert.equal(bodyOf(third!), 'gone')
})

test('what a response says of itself can keep it from being static', async t => {
  const cases: [string, RegExp, 'both' | 'prove'][] = [
    [`c.header('Set-Cookie', 'a=1')`, /sets a cookie/, 'both'],
    [`setCookie(c, 'a', '1')`, /sets a cookie/, 'both'],
    [`c.header('Cache-Control', 'max-age=1, Private')`, /Cache-Control: private/, 'prove'],
    [`c.header('Cache-Control', 'no-store')`, /Cache-Control: no-store/, 'prove'],
    [`c.header('Vary', '*')`, /Vary: \*/, 'prove'],
    [`c.header('Vary', 'Accept-Encoding, Cookie')`, /Vary: cookie/, 'prove'],
  ]
  const files = Object.fromEntries(
    cases.map(([code], index) => [
      `routes/r${index}.ts`,
      `import { setCookie } from 'hono/cookie'\nexport default c => { ${code}; return c.text('x') }`,
    ]),
  )
  const made = await site(files)
  const jobs = cases.flatMap((_, index) =>
    (['prove', 'keep'] as const).map(mode =>
      jobFor(made.bundle, `routes/r${index}.ts`, { mode, id: `${mode} ${index}` }),
    ),
  )
  const outcomes = await run(made, jobs)
  made.remove()
  for (const [index, [code, expected, where]] of cases.entries()) {
    await t.test(code, () => {
      const [proven, kept] = outcomes.slice(index * 2)
      assert.equal(proven!.kind, 'dynamic')
      assert.match((proven as { reason: { message: string } }).reason.message, expected)
      assert.equal(kept!.kind, where === 'both' ? 'failed' : 'snapshot')
    })
  }
})

test('status, headers and body survive; what belongs to the connection does not', async () => {
  const outcome = await runOne(`export default () => new Response('moved', {
    status: 301,
    headers: { Location: '/b', 'X-Own': '1', Date: 'never', Connection: 'close', 'Content-Length': '5', 'Transfer-Encoding': 'chunked', Vary: 'Accept-Encoding' },
  })`)
  assert.equal(bodyOf(outcome), 'moved')
  const { status, headers } = (outcome as { snapshot: { status: number; headers: unknown } })
    .snapshot
  assert.equal(status, 301)
  assert.deepEqual(headers, [
    ['content-type', 'text/plain;charset=utf-8'],
    ['location', '/b'],
    ['vary', 'Accept-Encoding'],
    ['x-own', '1'],
  ])
})

test('in mode keep everything but the request is real', async () => {
  const before = Date.now()
  const outcome = await runOne(
    `import { readFileSync } from 'node:fs'
    export default c => c.json({ now: Date.now(), env: process.env.HOME, file: readFileSync(import.meta.filename ?? '/etc/hostname').length, r: Math.random() })`.replace(
      'import.meta.filename ?? ',
      '',
    ),
    { mode: 'keep' },
  )
  const { now, env } = JSON.parse(bodyOf(outcome))
  assert.ok(now >= before && now <= Date.now())
  assert.equal(env, process.env.HOME)
  assert.deepEqual((outcome as { files: string[] }).files, ['/etc/hostname'])
})
