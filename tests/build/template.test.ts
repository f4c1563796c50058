// Twins: generated handlers, each once as it is and once with `prerender: false`, on every host. Both
// have to answer every request alike, whatever the verdict of the first. PRECAST_TWINS=300 makes more
// of them, PRECAST_SEED=N others.

import assert from 'node:assert/strict'
import process from 'node:process'
import test, { after, describe } from 'node:test'
import fc from 'fast-check'
import { handler, LIBRARY } from '../corpus/templates.ts'
import { build, explain, project } from '../lib/project.ts'
import { HOSTS, type Host, type Server, serve, stopAll } from '../lib/servers.ts'
import { Connection, requestBytes, type WireResponse } from '../lib/wire.ts'

const COUNT = Number(process.env.PRECAST_TWINS ?? 120)
const SEED = Number(process.env.PRECAST_SEED ?? 20261121)

/** Requests for each pair on each host. */
const REQUESTS = 8

interface Asked {
  method: string
  /** After the route's own path, with its slash and the query. */
  rest: string
  headers: [string, string][]
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '<b>"&\'</b>',
    'é€𝄞',
    '0',
    'null',
    ' ',
    '%',
    '"\\',
    '\u2028',
    'x'.repeat(700),
  ),
)
const encoded = fc.oneof(
  { weight: 4, arbitrary: text.map(one => encodeURIComponent(Buffer.from(one).toString())) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'a+b',
      '%ED%A0%80',
      '%',
      '%zz',
      '%FF%41',
      "'",
      '"',
      '<',
      '`',
      '{|}^',
      '\\',
      'a=b',
      '%2B%26',
    ),
  },
)
const slug = encoded.filter(one => one !== '' && !/^\.\.?$|[\\"<]|%(?![0-9A-F]{2})/i.test(one))
const query = fc.array(
  fc.tuple(fc.constantFrom('q', 'q', 'r', 'qq', 'x%20y', '%71', ''), fc.option(encoded)),
  { maxLength: 3 },
)
const field = fc.oneof(
  fc.constantFrom('', 'plain', '<b>"&\'', 'a b', '\u00fc', 'a\tb', '%41'),
  fc.stringMatching(/^[!-~]{1,10}$/),
)
const asked: fc.Arbitrary<Asked> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'PUT'),
    slug,
    query: fc.option(query),
    fields: fc.array(field, { maxLength: 2 }),
    encoding: fc.option(fc.constantFrom('gzip', 'br, gzip;q=0.5', 'identity')),
  })
  .map(({ method, slug, query, fields, encoding }) => ({
    method,
    rest: `/${slug}${query ? `?${query.map(([key, value]) => (value === null ? key : `${key}=${value}`)).join('&')}` : ''}`,
    headers: [
      ...fields.map((value): [string, string] => ['X-A', value]),
      ...(encoding ? [['Accept-Encoding', encoding] as [string, string]] : []),
    ],
  }))

const sources = fc.sample(handler, { numRuns: COUNT, seed: SEED })
const files: Record<string, string> = { 'routes/_lib.ts': LIBRARY }
for (const [index, source] of sources.entries()) {
  files[`routes/t${index}/[slug].tsx`] = source
  files[`routes/d${index}/[slug].tsx`] = `${source}export const config = { prerender: false }\n`
}
const folder = project(files)
await build(folder)
const rows = await explain(folder)
const servers = new Map<Host, Server>()
const missing = new Map<Host, string>()
for (const host of HOSTS) {
  const started = await serve(folder, host)
  if (typeof started === 'string') missing.set(host, started)
  else servers.set(host, started)
}
after(() => stopAll(servers.values()))

const verdictOf = (index: number): string =>
  rows.find(row => row.path === `/t${index}/:slug` && row.method === 'GET')!.verdict

describe('twins', () => {
  test('a good part of them are templates, and none that is to run', t => {
    const templates = sources.filter((_, index) => verdictOf(index) === 'template').length
    t.diagnostic(`${templates} of ${COUNT} are templates`)
    assert.ok(templates >= COUNT * 0.3, `${templates} of ${COUNT}`)
    for (const row of rows)
      if (row.path.startsWith('/d')) assert.equal(row.verdict, 'dynamic', row.path)
  })

  for (const host of HOSTS)
    test(`a template answers as its handler does: ${host}`, {
      skip: missing.get(host),
    }, async () => {
      const requests = fc.sample(asked, { numRuns: COUNT * REQUESTS, seed: SEED + 1 })
      const { port } = servers.get(host)!
      const wrong: string[] = []
      for (const [index, source] of sources.entries()) {
        if (verdictOf(index) !== 'template') continue
        for (const one of requests.slice(index * REQUESTS, (index + 1) * REQUESTS)) {
          const made = await ask(port, `/t${index}`, one)
          const run = await ask(port, `/d${index}`, one)
          if (made === run) continue
          const what = source.slice(source.indexOf('export'))
          wrong.push(
            `${one.method} ${one.rest} ${JSON.stringify(one.headers)}\n${what}\ntemplate ${made}\nhandler  ${run}`,
          )
          break
        }
      }
      assert.equal(wrong.length, 0, wrong.slice(0, 5).join('\n\n'))
    })
})

async function ask(port: number, path: string, { method, rest, headers }: Asked): Promise<string> {
  const connection = new Connection(port)
  try {
    connection.write(
      requestBytes({ method, target: path + rest, headers }, ['Connection', 'close']),
    )
    return shown(await connection.response(method), path)
  } finally {
    connection.close()
  }
}

/** All that has to be equal. */
function shown({ status, headers, body }: WireResponse, path: string): string {
  const fields = headers
    .filter(([name]) => !/^(date|connection|keep-alive)$/i.test(name))
    .map(([name, value]) => `${name.toLowerCase()}: ${value.replaceAll(path, '')}`)
    .sort()
  return `${status} ${fields.join('; ')} ${JSON.stringify(body.toString('latin1'))}`
}
