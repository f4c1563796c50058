// What a module turns out to be when it is run.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shapeOf } from './site.ts'

test('each export has its kind', async () => {
  const { exports, failed } = await shapeOf(`
    import { Hono } from 'hono'
    const make = () => c => c.text('made')
    export const GET = make()
    export const POST = [async (c, next) => next(), make()]
    export const PUT = { a: 1 }
    export const PATCH = Symbol('no')
    export const DELETE = 1n
    export const OPTIONS = [1, 2]
    export const HEAD = [() => {}, Symbol('no')]
    export class Helper {}
    export default new Hono().get('/', c => c.text('app'))`)
  assert.equal(failed, null)
  assert.deepEqual(exports, {
    GET: 'handler',
    POST: 'chain',
    PUT: 'value',
    PATCH: 'unusable',
    DELETE: 'unusable',
    OPTIONS: 'value',
    HEAD: 'unusable',
    Helper: 'unusable',
    default: 'app',
  })
})

test('config comes as plain data, params as what the function gives', async () => {
  const { config } = await shapeOf(`
    export const config = {
      match: { id: /^\\d+$/i },
      headers: { 'x-a': 'b', bad: () => {} },
      revalidate: Infinity,
      params: async () => { await new Promise(r => setTimeout(r, 5)); return [{ id: '1' }, { id: 2 }] },
    }
    export const GET = () => 1`)
  assert.deepEqual(config, {
    match: { id: { source: '^\\d+$', flags: 'i' } },
    headers: { 'x-a': 'b', bad: { unusable: 'function' } },
    revalidate: { unusable: 'Infinity' },
    params: [{ id: '1' }, { id: 2 }],
  })
})

test('a module that throws, hangs or ends the process says so', async () => {
  const thrown = await shapeOf(`export const GET = () => 1\nthrow new Error('at load')`)
  assert.deepEqual(thrown.failed, {
    message: 'throws Error: at load',
    file: 'routes/a.tsx',
    line: 2,
    column: 7,
  })
  const params = await shapeOf(
    `export const config = { params() { throw new Error('no list') } }\nexport const GET = () => 1`,
  )
  assert.deepEqual(params.failed, {
    message: 'throws Error: no list in config.params',
    file: 'routes/a.tsx',
    line: 1,
    column: 42,
  })
  const hung = await shapeOf(`await new Promise(() => {})\nexport const GET = () => 1`, {}, false)
  assert.match(hung.failed!.message, /did not answer within 3 s/)
  const gone = await shapeOf(`process.exit(0)\nexport const GET = () => 1`)
  assert.match(gone.failed!.message, /process\.exit/)
})

test('files that are read meanwhile are named', async () => {
  const { files } = await shapeOf(
    `
    import { readFileSync, readdirSync } from 'node:fs'
    readFileSync('/etc/hostname')
    export const config = { params: () => readdirSync('data').map(slug => ({ slug })) }
    export const GET = () => 1`,
    { 'data/one': '', 'data/two': '' },
  )
  assert.equal(files.length, 2)
  assert.ok(files.includes('/etc/hostname'))
  assert.ok(files.some(file => file.endsWith('/data')))
})
