// Modules -> plain JavaScript. The only user of esbuild: once over all modules for analysis and
// evaluation, once over those that have to run when serving. Judges nothing and runs nothing.

import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { fileIn, folderOf, lib } from './packages.ts'
import { HERE, here, loaderOf, moved, pragmasOf } from './source-text.ts'
import type { Bundle, Diagnostic, Position, Site } from './stages.ts'

/** Files that an import brings in as text where no attribute says otherwise. */
const TEXT = ['.txt', '.md', '.html', '.css', '.svg', '.sql']

/**
 * Modules of Node that are named without `node:` too. A list, since what is built in differs: Bun has a
 * `ws` and an `undici` of its own, and a bundle that names them runs nowhere else.
 */
const BUILTINS = new Set(
  (
    '_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex ' +
    '_stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common ' +
    '_tls_wrap assert assert/strict async_hooks buffer child_process cluster console constants crypto ' +
    'dgram diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector ' +
    'inspector/promises module net os path path/posix path/win32 perf_hooks process punycode querystring ' +
    'readline readline/promises repl stream stream/consumers stream/promises stream/web string_decoder ' +
    'sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib'
  ).split(' '),
)

/**
 * Bundles every route, `_middleware`, `_404` and `_error` into one graph of chunks in `dir`, one
 * entry chunk a module. `hono` and the hosts' built-ins stay imports, since the analyzer and the
 * evaluation worker know them by name.
 */
export async function bundleForAnalysis(
  root: string,
  site: Site,
  dir: string,
  diagnostics: Diagnostic[],
): Promise<Bundle> {
  const files = modulesOf(site)
  const entryPoints = files.map((file, index) => ({ in: join(root, file), out: `m${index}` }))
  const bundle: Bundle = {
    dir,
    chunks: new Map(),
    modules: new Map(),
    inputs: [],
    websockets: false,
  }
  const result = await run(root, diagnostics, {
    entryPoints,
    outdir: dir,
    chunkNames: 'chunk-[hash]',
    sourcemap: 'external',
    sourcesContent: false,
    plugins: [sourceUrls('analysis'), outside('external')],
  })
  if (!result) return bundle

  const texts = new Map(result.outputFiles!.map(file => [relative(dir, file.path), file.text]))
  for (const [name, code] of texts) {
    if (!name.endsWith('.js')) continue
    const map = JSON.parse(texts.get(`${name}.map`) ?? '{"sources":[],"mappings":"","version":3}')
    // esbuild writes them as URLs: a `[slug].ts` is escaped.
    map.sources = map.sources.map((source: string) => resolve(dir, decodeURIComponent(source)))
    bundle.chunks.set(name, { name, code, map: JSON.stringify(map) })
  }
  const { inputs, outputs } = result.metafile!
  const exports = new Map(
    Object.entries(outputs).map(([path, output]) => [
      relative(dir, resolve(root, path)),
      output.exports,
    ]),
  )
  for (const [index, file] of files.entries()) {
    bundle.modules.set(file, {
      file,
      chunk: `m${index}.js`,
      exports: exports.get(`m${index}.js`) ?? [],
    })
  }
  bundle.websockets = 'precast:config.js' in inputs
  bundle.inputs = Object.keys(inputs)
    .filter(input => !input.includes(':'))
    .map(input => resolve(root, input))
  return bundle
}

/** One file that the final bundle starts from; `code` imports modules by their absolute paths. */
export interface ServingEntry {
  name: string
  code: string
}

/**
 * Bundles what serving needs into `outdir`: the given entries, the modules they load, Hono and the
 * runtime. The output depends on contents and project-relative names only, never on where the
 * project or Precast lies.
 */
export async function bundleForServing(
  root: string,
  entries: ServingEntry[],
  outdir: string,
  diagnostics: Diagnostic[],
): Promise<boolean> {
  const codes = new Map(entries.map(entry => [entry.name, entry.code]))
  const result = await run(root, diagnostics, {
    entryPoints: entries.map(entry => ({ in: `precast-entry:${entry.name}`, out: entry.name })),
    outdir,
    write: true,
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: 'chunks/[name]-[hash]',
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [
      {
        name: 'precast-entries',
        setup(build) {
          build.onResolve({ filter: /^precast-entry:/ }, args => ({
            path: args.path.slice('precast-entry:'.length),
            namespace: 'precast-entry',
          }))
          build.onLoad({ filter: /.*/, namespace: 'precast-entry' }, args => ({
            contents: codes.get(args.path)!,
            resolveDir: root,
            loader: 'js',
          }))
        },
      },
      sourceUrls('serving', outdir),
      outside('inside'),
    ],
  })
  return result !== null
}

/** Bundles `precast.config.ts` into one module's text, or null where it has mistakes. */
export async function bundleConfig(
  root: string,
  file: string,
  diagnostics: Diagnostic[],
): Promise<string | null> {
  const result = await run(root, diagnostics, {
    entryPoints: [join(root, file)],
    outdir: root,
    splitting: false,
    packages: 'external',
    sourcemap: 'inline',
    plugins: [sourceUrls('analysis'), outside('config')],
  })
  return result ? result.outputFiles![0]!.text : null
}

/** Project-relative files of all modules of a site, in one fixed order. */
export function modulesOf(site: Site): string[] {
  const files = new Set(site.routes.map(route => route.file))
  for (const folder of site.folders) {
    for (const file of [...folder.middleware, folder.notFound, folder.error])
      if (file) files.add(file)
  }
  return [...files].sort()
}

// ---------------------------------------------------------------- esbuild

async function run(
  root: string,
  diagnostics: Diagnostic[],
  options: esbuild.BuildOptions,
): Promise<esbuild.BuildResult<{ metafile: true }> | null> {
  try {
    const result = await esbuild.build({
      absWorkingDir: root,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      // ES modules first: what stays CommonJS can neither be split nor analyzed well.
      mainFields: ['module', 'main'],
      conditions: ['import', 'module'],
      splitting: true,
      target: 'es2022',
      charset: 'utf8',
      jsx: 'automatic',
      jsxImportSource: 'hono/jsx',
      metafile: true,
      logLevel: 'silent',
      loader: Object.fromEntries([
        ...TEXT.map(ending => [ending, 'text']),
        ...['.js', '.mjs'].map(ending => [ending, 'jsx']),
        ['.node', 'copy'],
      ]),
      ...options,
    })
    for (const warning of result.warnings) diagnostics.push(diagnosticOf(root, warning, 'warning'))
    return result as esbuild.BuildResult<{ metafile: true }>
  } catch (error) {
    const failure = error as esbuild.BuildFailure
    if (!failure.errors) throw error
    for (const message of failure.errors) diagnostics.push(diagnosticOf(root, message, 'error'))
    return null
  }
}

function diagnosticOf(
  root: string,
  message: esbuild.Message,
  severity: Diagnostic['severity'],
): Diagnostic {
  const at = message.location ? positionOf(root, message.location) : undefined
  const notes = message.notes.map(note => note.text).filter(Boolean)
  const diagnostic: Diagnostic = { severity, code: message.id || 'bundle', message: message.text }
  if (at) diagnostic.at = at
  if (notes.length > 0) diagnostic.hint = notes.join(' ')
  else if (message.location && isJsxInTs(message.location))
    diagnostic.hint = 'JSX needs a name that ends in .tsx'
  return diagnostic
}

/** In a .ts file `<p>` begins a type, and what the parser says of it helps nobody. */
function isJsxInTs({ file, lineText }: esbuild.Location): boolean {
  return /\.m?ts$/.test(file) && /(?:=>|[(?:=&|]|\breturn|^)\s*<[a-zA-Z>]/.test(lineText)
}

function positionOf(root: string, location: esbuild.Location): Position {
  const path = resolve(root, location.file)
  const inside = relative(root, path)
  const file = inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
  return { file, line: location.line, column: location.column + 1 }
}

// ---------------------------------------------------------------- imports that leave the project

/**
 * Where Hono, Precast and the hosts' built-ins come from. Hono is always Precast's own: a second
 * copy would have other classes than the ones the runtime makes contexts of, and a project need not
 * install one.
 */
function outside(mode: 'external' | 'inside' | 'config'): esbuild.Plugin {
  return {
    name: 'precast-outside',
    setup(build) {
      build.onResolve({ filter: /^hono(\/|$)/ }, async args => {
        if (args.pluginData === 'own') return undefined
        if (mode === 'external') return { path: args.path, external: true }
        return inside(build, 'hono', args)
      })
      build.onResolve({ filter: /^precast(\/|$)/ }, args => {
        if (mode === 'config')
          return { path: pathToFileURL(join(lib, 'config.js')).href, external: true }
        const name = args.path === 'precast' ? 'config' : args.path.slice('precast/'.length)
        return { path: `${name}.js`, namespace: 'precast', pluginData: lib }
      })
      const builtin =
        /^(bun|(bun|node|deno|cloudflare|jsr|npm|https?):.*|uWebSockets\.js|[a-z_][\w/]*)$/
      build.onResolve({ filter: builtin }, ({ path, kind }) => {
        const isNode = (path.startsWith('node:') || BUILTINS.has(path)) && kind !== 'entry-point'
        if (!isNode && /^[a-z_][\w/]*$/.test(path) && path !== 'bun') return undefined
        const name = isNode && !path.startsWith('node:') ? `node:${path}` : path
        if (kind === 'require-call' && isNode) return { path: name, namespace: 'precast-require' }
        return { path: name, external: true }
      })
      // An ES module has no `require`: what a CommonJS package requires of the host is imported, and
      // its default export is what `require` would have given.
      build.onLoad({ filter: /.*/, namespace: 'precast-require' }, ({ path }) => ({
        contents: `module.exports = require('precast-builtin:${path}').default`,
        loader: 'js',
      }))
      build.onResolve({ filter: /^precast-builtin:/ }, ({ path }) => ({
        path: path.slice('precast-builtin:'.length),
        namespace: 'precast-builtin',
      }))
      build.onLoad({ filter: /.*/, namespace: 'precast-builtin' }, ({ path }) => ({
        contents: `export { default } from '${path}'`,
        loader: 'js',
      }))
      build.onLoad({ filter: /.*/, namespace: 'precast' }, async args => ({
        contents: await readFile(join(lib, args.path), 'utf8'),
        loader: 'js',
        resolveDir: lib,
      }))
      // A project may have a `ws` of its own.
      build.onResolve({ filter: /^ws$/, namespace: 'precast' }, args =>
        args.pluginData === 'own' ? undefined : inside(build, 'ws', args),
      )
      // Files of these in a namespace of their own, named by their place in the package: the output
      // must not tell where Precast is installed.
      for (const namespace of ['hono', 'ws']) {
        build.onResolve({ filter: /^\./, namespace }, args => ({
          path: fileIn(namespace, join('/', dirname(args.importer), args.path).slice(1)),
          namespace,
        }))
        build.onLoad({ filter: /.*/, namespace }, async args => ({
          contents: await readFile(join(folderOf(namespace), args.path), 'utf8'),
          loader: 'js',
        }))
      }
    },
  }
}

async function inside(
  build: esbuild.PluginBuild,
  name: string,
  args: esbuild.OnResolveArgs,
): Promise<esbuild.OnResolveResult> {
  const found = await build.resolve(args.path, {
    kind: args.kind,
    resolveDir: lib,
    pluginData: 'own',
  })
  if (found.errors.length > 0) return { errors: found.errors }
  return { path: relative(folderOf(name), found.path).split(sep).join('/'), namespace: name }
}

// ---------------------------------------------------------------- import.meta

/**
 * Keeps `import.meta.url`, `dirname` and `filename` naming the source file, also after bundling:
 * each becomes an import from a virtual module of that file. For analysis the expression there still
 * contains `import.meta`, so that the analyzer sees a value that differs between machines; for
 * serving it is computed from where the chunk lies, so that `dist/` can be moved with the sources.
 */
function sourceUrls(mode: 'analysis' | 'serving', outdir = ''): esbuild.Plugin {
  return {
    name: 'precast-source-urls',
    setup(build) {
      const root = build.initialOptions.absWorkingDir!
      build.onResolve({ filter: /^precast-here:/ }, args => ({
        path: args.path.slice('precast-here:'.length),
        namespace: 'precast-here',
      }))
      build.onLoad({ filter: /.*/, namespace: 'precast-here' }, args => {
        const source = resolve(root, args.path)
        return {
          contents: mode === 'analysis' ? here(source) : moved(source, outdir),
          loader: 'js',
        }
      })
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async args => {
        const { size } = await stat(args.path)
        // Nothing that asks for its own URL is this large; data often is.
        if (size > 4_000_000) return undefined
        const text = await readFile(args.path, 'utf8')
        const pragmas = pragmasOf(text)
        const loader = loaderOf(args.path)
        const plain = pragmas
          ? { contents: `${text}\n${pragmas}`, loader, resolveDir: dirname(args.path) }
          : undefined
        if (!/import\s*\.\s*meta\b/.test(text)) return plain
        const result = await esbuild
          .transform(text, {
            loader,
            jsx: 'preserve',
            target: 'esnext',
            define: Object.fromEntries(
              HERE.map(name => [`import.meta.${name}`, `__precast_${name}`]),
            ),
            sourcemap: 'inline',
            sourcefile: args.path,
            sourcesContent: false,
            charset: 'utf8',
          })
          // A syntax error is better told by the build itself, which knows the file.
          .catch(() => null)
        const used = HERE.filter(name => result?.code.includes(`__precast_${name}`))
        if (!result || used.length === 0) return plain
        const names = used.map(name => `${name} as __precast_${name}`).join(', ')
        // Imports are hoisted: at the end it moves no line of the source map.
        const line = `import { ${names} } from ${JSON.stringify(`precast-here:${relative(root, args.path)}`)}`
        return {
          contents: result.code.replace(
            /\n(\/\/# sourceMappingURL=.*)\s*$/,
            (_, map) => `\n${line}\n${pragmas}\n${map}\n`,
          ),
          loader: loader.endsWith('x') ? 'jsx' : 'js',
          resolveDir: dirname(args.path),
        }
      })
    },
  }
}
