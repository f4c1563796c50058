// A site in memory: routes as modules, stored pages, folders -> the fetch host over an artifact that
// compiler/pack.ts wrote, without a build.

import { packTo } from '../../compiler/pack.ts'
import type { Entry } from '../../compiler/stages.ts'
import { createApp, type App } from '../../runtime/app.ts'
import {
  FLAG_RANGES,
  FORMAT,
  METHODS,
  type Encoding,
  type FolderRecord,
  type Manifest,
  type Segment,
} from '../../runtime/artifact.ts'
import { selectors } from '../../runtime/dictionary.ts'
import { etagOf, staticFields, writeHead } from '../../runtime/head.ts'
import { loadBytes } from '../../runtime/load.ts'

export type Module = Record<string, unknown>

export interface Page {
  status?: number
  headers?: [string, string][]
  body?: string | Uint8Array
  encodings?: Partial<Record<Encoding, string>>
  flags?: number
  allow?: number
  revalidate?: number
  lastModified?: number
}

export interface Site {
  /** By path as under routes/, without an extension: `blog/[slug]`, `docs/[[...path]]`, `index`. */
  routes?: Record<string, Module | (() => Promise<Module>)>
  /** By path under routes/; `''` is the root. */
  folders?: Record<string, { middleware?: Module; notFound?: Module; error?: Module }>
  pages?: Record<string, Page>
  trailingSlash?: Manifest['trailingSlash']
}

export interface Served {
  app: App
  manifest: Manifest
  bytes: Uint8Array
  /** What was logged: messages, each followed by the error. */
  logged: [string, unknown][]
  ask(path: string, init?: RequestInit): Promise<Response>
}

/** Last-Modified of pages that name none. */
export const MODIFIED = Date.UTC(2026, 0, 1) / 1000

export function segmentsOf(path: string): Segment[] {
  return path
    .split('/')
    .filter(name => name !== '' && name !== 'index' && !/^\(.*\)$/.test(name))
    .map(name => {
      const rest = /^(\[)?\[\.\.\.(\w+)\]\]?$/.exec(name)
      if (rest) return { kind: rest[1] ? 'optional-rest' : 'rest', name: rest[2]! }
      const param = /^\[(\w+)\]$/.exec(name)
      return param ? { kind: 'param', name: param[1]! } : { kind: 'literal', value: name }
    })
}

export function patternOf(segments: Segment[]): string {
  const names = segments.map(segment => {
    if (segment.kind === 'literal') return segment.value
    return segment.kind === 'param' ? `:${segment.name}` : '*'
  })
  return `/${names.join('/')}`
}

export async function entryOf(key: string, page: Page, route: number): Promise<Entry> {
  const encode = (body: string | Uint8Array): Uint8Array =>
    typeof body === 'string' ? new TextEncoder().encode(body) : body
  const bodies = { identity: page.body ?? '', ...page.encodings }
  const status = page.status ?? 200
  const lastModified = page.lastModified ?? MODIFIED
  const variants = []
  for (const [name, text] of Object.entries(bodies)) {
    const encoding = name as Encoding
    const body = encode(text!)
    const etag = await etagOf(body, encoding)
    const fields = staticFields({
      status,
      headers: page.headers ?? [['content-type', 'text/plain; charset=utf-8']],
      encoding,
      varies: selectors(Object.keys(bodies) as Encoding[]),
      etag,
      lastModified,
      length: body.length,
      ranges: ((page.flags ?? 0) & FLAG_RANGES) !== 0,
    })
    const { length } = body
    variants.push({ encoding, etag, head: writeHead(status, fields), body, length })
  }
  return {
    key,
    status,
    allow: page.allow ?? 1,
    flags: page.flags ?? 0,
    revalidate: page.revalidate ?? 0,
    route,
    lastModified,
    variants,
  }
}

/** For what has no large bodies. */
export const noFiles = (): never => {
  throw new Error('a body too large for static.bin')
}

export async function artifactOf(
  site: Site,
): Promise<{ manifest: Manifest; bytes: Uint8Array; loaders: (() => Promise<Module>)[] }> {
  const loaders: (() => Promise<Module>)[] = []
  const modules: string[] = []
  const add = (file: string, module: Module | (() => Promise<Module>) | undefined): number => {
    if (!module) return -1
    modules.push(file)
    return (
      loaders.push(
        typeof module === 'function' ? (module as () => Promise<Module>) : async () => module,
      ) - 1
    )
  }

  const paths = Object.keys(site.folders ?? {})
  if (!paths.includes('')) paths.unshift('')
  paths.sort((a, b) => a.split('/').length - b.split('/').length || a.length - b.length)
  const folders: FolderRecord[] = []
  const numbers = new Map<string, number>()
  for (const path of paths) {
    const { middleware, notFound, error } = site.folders?.[path] ?? {}
    const above = nearest(path.slice(0, Math.max(0, path.lastIndexOf('/'))), numbers)
    const parent = path === '' ? undefined : folders[above]
    const own = add(`${path}/_middleware.ts`, middleware)
    const ownNotFound = add(`${path}/_404.ts`, notFound)
    const ownError = add(`${path}/_error.ts`, error)
    numbers.set(path, folders.length)
    folders.push({
      segments: segmentsOf(path),
      shadowed: /(^|\/)\([^/]*$/.test(path),
      middleware: [...(parent?.middleware ?? []), ...(own < 0 ? [] : [own])],
      notFound: ownNotFound < 0 ? (parent?.notFound ?? -1) : ownNotFound,
      error: ownError < 0 ? (parent?.error ?? -1) : ownError,
    })
  }

  const routes: Manifest['routes'] = []
  for (const [path, source] of Object.entries(site.routes ?? {})) {
    const segments = segmentsOf(path)
    const module = typeof source === 'function' ? { GET: true } : source
    const app = module.default as { fetch?: unknown; routes?: unknown } | undefined
    const mount =
      typeof app === 'object' && typeof app?.fetch === 'function' && Array.isArray(app.routes)
    let methods = 0
    for (const [bit, method] of METHODS.entries()) {
      if (method in module || (method === 'GET' && 'default' in module)) methods |= 1 << bit
    }
    const config = module.config as { match?: Record<string, RegExp> } | undefined
    const match =
      config?.match &&
      Object.fromEntries(
        Object.entries(config.match).map(([name, test]): [string, [string, string]] => [
          name,
          [test.source, test.flags],
        ]),
      )
    routes.push({
      pattern: patternOf(segments) + (mount ? '/*' : ''),
      segments,
      methods,
      module: add(`routes/${path}.ts`, source),
      folder: nearest(path.slice(0, Math.max(0, path.lastIndexOf('/'))), numbers),
      mount,
      ...(match && { match }),
    })
  }

  const entries: Entry[] = []
  for (const [key, page] of Object.entries(site.pages ?? {})) {
    entries.push(
      await entryOf(
        key,
        page,
        routes.findIndex(({ pattern }) => pattern === key),
      ),
    )
  }
  const pieces: Uint8Array[] = []
  const { size, crc32 } = await packTo(entries, piece => void pieces.push(piece), noFiles)
  return {
    manifest: {
      format: FORMAT,
      precast: '0.0.0',
      build: 'test',
      bytes: { file: 'static.bin', size, crc32 },
      files: [],
      trailingSlash: site.trailingSlash ?? 'never',
      modules,
      routes,
      folders,
    },
    bytes: new Uint8Array(Buffer.concat(pieces)),
    loaders,
  }
}

function nearest(path: string, numbers: Map<string, number>): number {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const number = numbers.get(at)
    if (number !== undefined) return number
  }
  return numbers.get('') ?? 0
}

export async function serve(site: Site): Promise<Served> {
  const { manifest, bytes, loaders } = await artifactOf(site)
  const logged: [string, unknown][] = []
  const app = createApp(loadBytes(manifest, bytes, []), {
    modules: loaders,
    log: (message, error) => logged.push([message, error]),
  })
  return {
    app,
    manifest,
    bytes,
    logged,
    async ask(path, init) {
      const url = `http://localhost${path.startsWith('/') ? path : '/'}`
      // The raw target, since a URL parser has tidied up the other one.
      return app.fetch(new Request(url, init), undefined, undefined, path)
    },
  }
}
