// The command line: exit codes, which stream says what, the shape of `explain --json`, and no escapes
// where nobody asked for colours.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import test, { describe } from 'node:test'
import { program } from '../../cli/hosts.ts'
import {
  binary,
  build,
  type ExplainRow,
  explain,
  precast,
  project,
  root,
  temporary,
} from '../lib/project.ts'
import { run } from '../lib/servers.ts'
import { exchange } from '../lib/wire.ts'

const SITE = {
  'routes/index.ts': "export const GET = c => c.text('home')\n",
  'routes/now.ts':
    'export const GET = () => String(Date.now())\nexport const POST = c => c.text("x")\n',
  'routes/blog/[slug].ts':
    "export const config = { params: [{ slug: 'zwei wörter' }, { slug: 'a' }] }\nexport const GET = c => c.text(c.req.param('slug'))\n",
  'routes/files/[...path].ts': "export const GET = c => c.text(c.req.param('path'))\n",
  'routes/docs/[[...path]].ts': "export const GET = c => c.text(c.req.param('path') ?? '')\n",
  'routes/app.ts':
    "import { Hono } from 'hono'\nexport default new Hono().get('/', c => c.text('app'))\n",
  'routes/(group)/in.ts': "export default c => c.text('in')\n",
  'routes/_404.ts': "export default c => c.text('nothing')\n",
  'routes/_error.ts': "export default (error, c) => c.text('sorry')\n",
}

describe('usage', () => {
  const wrong: [string, string[]][] = [
    ['a command that does not exist', ['frobnicate']],
    ['an option that does not exist', ['build', '--fast']],
    ['a flag before any command', ['--fast']],
    ['a port that is no number', ['start', '--port', 'http']],
    ['a port that is too high', ['start', '--port', '65536']],
    ['a negative port', ['start', '--port=-1']],
    ['a port with a fraction', ['start', '--port', '80.5']],
    ['an empty port', ['start', '--port=']],
    ['a host that does not exist', ['start', '--host', 'nginx']],
    ['no workers at all', ['start', '--workers', '0']],
    ['workers that are no number', ['start', '--workers', 'many']],
    ['an option without its value', ['start', '--port']],
    ['more folders than one', ['build', 'a', 'b']],
    ['no command at all', []],
    ['more URLs than one', ['explain', '/a', '/b']],
    ['what is neither URL nor project beside a folder', ['explain', root, 'b']],
  ]
  for (const [name, args] of wrong) {
    test(`${name} exits 2`, async () => {
      const { code, stdout, stderr } = await precast(args)
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.notEqual(stderr.trim(), '')
      assert.doesNotMatch(stderr, /^\s+at .+:\d+/m, 'a stack trace')
    })
  }

  test('a PORT that is no number exits 2', async () => {
    const { code, stderr } = await precast(['start'], { env: { PORT: 'http' } })
    assert.equal(code, 2, stderr)
  })

  for (const args of [
    ['--help'],
    ['build', '--help'],
    ['start', '--help'],
    ['explain', '--help'],
  ]) {
    test(`${args.join(' ')} exits 0 and says how`, async () => {
      const { code, stdout, stderr } = await precast(args)
      assert.equal(code, 0)
      assert.match(stdout, /^Usage: precast/)
      assert.equal(stderr, '')
    })
  }

  test('start --help names the options and their defaults', async () => {
    const { stdout } = await precast(['start', '--help'])
    for (const word of [
      '--host',
      '--port',
      '--hostname',
      '--workers',
      'bun',
      'deno',
      'uws',
      'node',
      'auto',
      'PORT',
    ])
      assert.ok(stdout.includes(word), `${word} is not named`)
  })

  test('--version is that of the package', async () => {
    const { code, stdout } = await precast(['--version'])
    assert.equal(code, 0)
    assert.match(stdout, /^\d+\.\d+\.\d+/)
  })

  test('a folder that is not there exits 1 and is named', async () => {
    for (const command of ['build', 'start', 'explain']) {
      const { code, stderr } = await precast([command, './no/such/folder'])
      assert.equal(code, 1, stderr)
      assert.match(stderr, /no\/such\/folder/)
    }
  })
})

describe('output', () => {
  test('build puts a row for each route on standard output, and nothing on standard error', async () => {
    const folder = project(SITE)
    const { stdout, stderr } = await build(folder)
    assert.equal(stderr, '')
    for (const [verdict, method, path] of [
      ['static', 'GET', '/'],
      ['dynamic', 'GET', '/now'],
      ['dynamic', 'POST', '/now'],
      ['static', 'GET', '/blog/a'],
      ['static', 'GET', '/blog/zwei%20w%C3%B6rter'],
      ['static', 'GET', '/in'],
      ['dynamic', 'ALL', '/app/*'],
    ]) {
      const row = stdout.split('\n').find(line => {
        const words = line.trim().split(/\s+/)
        return words[1] === method && words[2] === path
      })
      assert.ok(row, `no row for ${method} ${path}:\n${stdout}`)
      assert.ok(row.trim().startsWith(verdict!), row)
    }
    assert.match(
      stdout.split('\n').find(line => line.includes('GET') && line.includes('/now'))!,
      /routes\/now\.ts:1:/,
    )
  })

  test('nothing in a pipe has escapes', async () => {
    const folder = project(SITE)
    const broken = project({ 'routes/index.ts': 'const x = ;\n' })
    const runs = [
      await precast(['build', folder], { env: { TERM: 'xterm-256color' } }),
      await precast(['explain', folder], { env: { TERM: 'xterm-256color' } }),
      await precast(['build', broken], { env: { TERM: 'xterm-256color' } }),
      await precast(['start', '--help'], { env: { TERM: 'xterm-256color' } }),
    ]
    for (const { stdout, stderr } of runs) assert.doesNotMatch(stdout + stderr, /[\x1b\r\b]/)
  })

  test('a terminal gets colours, NO_COLOR takes them away', () => {
    const folder = project(SITE)
    const broken = project({ 'routes/index.ts': 'const x = ;\n' })
    const onTerminal = (args: string[], env: Record<string, string>): string => {
      const inherited: Record<string, string | undefined> = {
        ...process.env,
        TERM: 'xterm-256color',
        ...env,
      }
      for (const name of ['CI', 'NODE_OPTIONS', ...('NO_COLOR' in env ? [] : ['NO_COLOR'])])
        delete inherited[name]
      const command = [process.execPath, binary, ...args].join(' ')
      const ran = spawnSync('script', ['-qec', command, '/dev/null'], {
        env: inherited,
        encoding: 'utf8',
      })
      return ran.stdout
    }
    const colour = /\x1b\[(?:[39]\d|1;|1m|2m)/
    for (const args of [
      ['build', folder],
      ['build', broken],
      ['explain', folder],
    ]) {
      assert.match(onTerminal(args, {}), colour, args.join(' '))
      assert.doesNotMatch(onTerminal(args, { NO_COLOR: '1' }), colour, args.join(' '))
    }
  })
})

describe('explain', () => {
  test('--json is the array that the conventions describe', async () => {
    const folder = project(SITE)
    const { code, stdout, stderr } = await precast(['explain', folder, '--json'])
    assert.equal(code, 0, stderr)
    const rows: ExplainRow[] = JSON.parse(stdout)
    for (const row of rows) {
      const keys = Object.keys(row).filter(key => key !== 'role')
      assert.deepEqual(keys, ['path', 'method', 'verdict', 'reason'])
      assert.match(row.verdict, /^(static|template|dynamic)$/)
      if (row.verdict === 'static') assert.equal(row.reason, null)
      else {
        assert.ok(row.reason)
        assert.deepEqual(Object.keys(row.reason), ['message', 'file', 'line', 'column'])
        assert.match(row.reason.message, /\w/)
        assert.match(row.reason.file, /^routes\//)
        assert.ok(Number.isInteger(row.reason.line) && row.reason.line >= 1)
        assert.ok(Number.isInteger(row.reason.column) && row.reason.column >= 1)
      }
    }
    const short = rows.map(({ path, method, role }) =>
      role ? `${role} ${path}` : `${method} ${path}`,
    )
    assert.deepEqual(short.sort(), [
      '404 /*',
      'ALL /app/*',
      'GET /',

      'GET /blog/:slug',
      'GET /blog/a',
      'GET /blog/zwei%20w%C3%B6rter',
      'GET /docs/*',
      'GET /files/*',
      'GET /in',
      'GET /now',
      'POST /now',
      'error /*',
    ])
    const verdict = (path: string, method = 'GET'): string =>
      rows.find(row => row.path === path && row.method === method)!.verdict
    assert.equal(verdict('/'), 'static')
    assert.equal(verdict('/blog/a'), 'static')
    assert.equal(verdict('/in'), 'static')
    assert.equal(verdict('/now'), 'dynamic')
    assert.equal(verdict('/now', 'POST'), 'dynamic')
    assert.equal(verdict('/app/*', 'ALL'), 'dynamic')
    assert.equal(rows.find(row => row.role === '404')!.verdict, 'static')
    const clock = rows.find(row => row.path === '/now' && row.method === 'GET')!.reason!
    assert.deepEqual([clock.file, clock.line], ['routes/now.ts', 1])
    assert.match(clock.message, /clock/)
    assert.match(clock.message, /Date\.now/)
  })

  test('params of an optional rest name the URL without one too', async () => {
    const folder = project({
      'routes/docs/[[...path]].ts':
        "export const config = { params: [{}, { path: 'a/b' }] }\nexport const GET = c => c.json([c.req.param('path') ?? 'none', c.req.param()])\n",
    })
    assert.deepEqual(
      (await explain(folder)).map(({ path, verdict }) => `${path} ${verdict}`),
      ['/docs static', '/docs/* dynamic', '/docs/a/b static'],
    )
  })

  test('a URL asks about one route', async () => {
    const folder = project(SITE)
    const row = async (url: string): Promise<string[]> =>
      (await explain(folder, url)).map(one => `${one.method} ${one.path}`)
    assert.deepEqual(await row('/'), ['GET /'])
    assert.deepEqual((await row('/now')).sort(), ['GET /now', 'POST /now'])
    assert.deepEqual(await row('/blog/a'), ['GET /blog/a'])
    assert.deepEqual(await row('/blog/zwei%20w%C3%B6rter'), ['GET /blog/zwei%20w%C3%B6rter'])
    assert.deepEqual(await row('/blog/other'), ['GET /blog/:slug'])
    assert.deepEqual(await row('/docs'), ['GET /docs/*'])
    assert.deepEqual(await row('/files/a/b'), ['GET /files/*'])
    assert.deepEqual(await row('http://localhost:3000/now?x=1'), await row('/now'))
  })

  test('works on the current folder', async () => {
    const folder = project(SITE)
    const { code, stdout } = await precast(['explain', '/now'], { cwd: folder })
    assert.equal(code, 0)
    assert.match(stdout, /clock/)
    assert.match(stdout, /routes\/now\.ts:1:/)
  })

  test('writes nothing', async () => {
    const folder = project({ 'routes/index.ts': "export const GET = 'x'\n" })
    const before = spawnSync('find', [folder], { encoding: 'utf8' }).stdout
    await explain(folder)
    assert.equal(spawnSync('find', [folder], { encoding: 'utf8' }).stdout, before)
  })
})

describe('start', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`exits 0 after ${signal}`, async () => {
      const folder = project(SITE)
      await build(folder)
      const server = await run(process.execPath, [
        binary,
        'start',
        folder,
        '--host=node',
        '--port=0',
      ])
      assert.equal((await exchange(server.port, { target: '/' })).text(), 'home')
      assert.equal(await server.stop(signal), 0)
    })
  }

  test('takes the port from PORT and the folder it is in, and picks a host itself', async () => {
    const folder = project(SITE)
    await build(folder)
    const server = await run(process.execPath, [binary, 'start'], {
      env: { PORT: '0' },
      cwd: folder,
    })
    assert.equal((await exchange(server.port, { target: '/' })).text(), 'home')
    assert.equal(server.errors(), '')
    assert.equal(await server.stop(), 0)
  })
})

describe('the command itself', () => {
  for (const host of ['bun', 'deno'] as const) {
    test(`builds and serves when ${host} starts it`, async () => {
      const found = program(host, root)
      if (typeof found === 'string') throw new Error(found)
      const folder = project(SITE)
      await build(folder, { command: found.command })
      const [file, ...before] = found.command
      const server = await run(file!, [...before, binary, 'start', folder, '--port', '0'])
      assert.equal((await exchange(server.port, { target: '/blog/a' })).text(), 'a')
      assert.match((await exchange(server.port, { target: '/now' })).text(), /^\d+$/)
      assert.equal(await server.stop(), 0)
    })
  }

  test('runs as installed: packed, without its sources', async () => {
    const away = temporary()
    const packed = spawnSync('npm', ['pack', '--pack-destination', away], {
      cwd: root,
      encoding: 'utf8',
    })
    assert.equal(packed.status, 0, packed.stderr)
    const name = packed.stdout.trim().split('\n').at(-1)!
    const unpack = join(away, 'node_modules', 'precast')
    spawnSync('mkdir', ['-p', unpack])
    spawnSync('tar', ['-xzf', join(away, name), '-C', unpack, '--strip-components=1'])
    // Its dependencies, as an install would put them beside it.
    spawnSync('ln', ['-s', join(root, 'node_modules'), join(unpack, 'node_modules')])
    const folder = project(SITE)
    const ran = spawnSync(process.execPath, [join(unpack, 'bin', 'precast'), 'build', folder], {
      encoding: 'utf8',
    })
    assert.equal(ran.status, 0, ran.stderr)
    assert.match(ran.stdout, /dist\/ is ready/)
  })
})
