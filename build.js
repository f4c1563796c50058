// Bundles the TypeScript sources into lib/, which is what runs and what is published. `node build.js`
// does it always, `freshen()` only where a source is newer. Files are replaced one by one through a
// rename, so that a command running at the same time never reads half a file.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join, relative } from 'node:path'

const root = dirname(fileURLToPath(import.meta.url))
const lib = join(root, 'lib')
const stamp = join(lib, '.stamp')

/** What each file of lib/ is made from. Packages stay imports: users get them as dependencies. */
const entries = {
  cli: 'cli/main.ts',
  config: 'config.ts',
  'evaluate-worker': 'compiler/evaluate/worker.ts',
  'compress-worker': 'compiler/serialize/worker.ts',
  'http1/websocket': 'runtime/http1/websocket.ts',
  'hosts/uws-websocket': 'runtime/hosts/uws-websocket.ts',
  'hosts/bun-serve-websocket': 'runtime/hosts/bun-serve-websocket.ts',
  'hosts/node-http-websocket': 'runtime/hosts/node-http-websocket.ts',
  'hosts/web-websocket': 'runtime/hosts/web-websocket.ts',
  'hosts/bun': 'runtime/hosts/bun.ts',
  'hosts/deno': 'runtime/hosts/deno.ts',
  'hosts/node': 'runtime/hosts/node.ts',
  'hosts/uws': 'runtime/hosts/uws.ts',
  'hosts/bun-serve': 'runtime/hosts/bun-serve.ts',
  'hosts/deno-serve': 'runtime/hosts/deno-serve.ts',
  'hosts/node-http': 'runtime/hosts/node-http.ts',
  'hosts/fetch': 'runtime/hosts/fetch.ts',
}

/** Builds lib/ if it is missing or older than a source. */
export async function freshen() {
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0
  if (newest() > built) await build()
}

/** Builds lib/. */
export async function build() {
  const started = new Date()
  const esbuild = await import('esbuild')
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: lib,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'error',
    plugins: [{ name: 'later', setup: later }],
  })
  for (const file of result.outputFiles) {
    mkdirSync(dirname(file.path), { recursive: true })
    const next = `${file.path}.${process.pid}`
    writeFileSync(next, file.contents)
    renameSync(next, file.path)
  }
  writeFileSync(stamp, '')
  utimesSync(stamp, started, started)
}

/** What most sites never need is a file of its own, in lib/ and in the chunks of a site. */
function later(build) {
  build.onResolve({ filter: /websocket\.ts$/ }, ({ kind, path, resolveDir }) => {
    if (kind !== 'dynamic-import') return undefined
    const name = relative(join(root, 'runtime'), join(resolveDir, path)).replace(/\.ts$/, '')
    return { path: `precast/${name}`, external: true }
  })
}

function newest() {
  let time = statSync(join(root, 'build.js')).mtimeMs
  for (const name of ['config.ts', 'package.json'])
    time = Math.max(time, statSync(join(root, name)).mtimeMs)
  const visit = folder => {
    time = Math.max(time, statSync(folder).mtimeMs)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.name.endsWith('.ts')) time = Math.max(time, statSync(path).mtimeMs)
    }
  }
  for (const folder of ['cli', 'compiler', 'runtime']) visit(join(root, folder))
  return time
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) await build()
