// (loaded artifact, modules) -> App: what answers a request on every host. Stored responses first,
// then the modules; redirects for slashes, 400, 404 and the one log of errors.

import { FLAG_FOLDER, FLAG_PUBLIC, METHODS, type ModuleLoader } from './artifact.ts'
import { noteFile } from './disk.ts'
import { automatic, bitOf, connect, type Endpoints } from './endpoints.ts'
import type { Loaded } from './load.ts'
import { loadModules } from './modules.ts'
import { isAuthority } from './hosts/authority.ts'
import { canonicalPath, queryOf } from './path.ts'
import { plain } from './reply.ts'
import { createRevalidator } from './revalidate.ts'
import { type HeaderSource, Page, type Reply } from './static.ts'
import { createTable, type Match } from './table.ts'
import { fillersOf } from './template.ts'

export type { HeaderSource, Reply } from './static.ts'

export interface App {
  /**
   * Answers from prebuilt bytes, undefined where `fetch` has to be asked, as for content that is read
   * from disk. No await, next to no allocation on a hit. `target` is the request target as it came on
   * the wire.
   */
  static(method: string, target: string, headers: HeaderSource): Reply | undefined
  /**
   * What answers every request for a target, whatever its method and fields, where that is user code
   * alone. The same for the same target, so a host may keep it and ask neither `static` nor `fetch`.
   * @returns null where it never is, undefined as long as that code is not loaded
   */
  handler(target: string): Handler | null | undefined
  /**
   * Answers anything, static too. `target` is the raw target where the host knows it, else that of
   * `request.url` is taken. Responses lack Date, Connection and framing, which are the platform's.
   */
  fetch(
    request: Request,
    env?: unknown,
    ctx?: unknown,
    target?: string,
  ): Response | Promise<Response>
}

export type Handler = (
  request: Request,
  env?: unknown,
  ctx?: unknown,
) => Response | Promise<Response>

export interface AppOptions {
  /** A loader a module, by the numbers of `Manifest.modules`. */
  modules: ModuleLoader[]
  /** Where errors go that no code of the user answered; `console.error` by default. */
  log?(message: string, error: unknown): void
}

/**
 * The longest path in bytes that is matched against patterns. RFC 9110 section 4.1 asks for 8,000, and
 * what every host can take in one head is 16 KB.
 */
const LONGEST_PATH = 8_192

/** What a path leads to. */
type Found = { page: Page; path: string } | { match: Match } | { redirect: string } | null

export function createApp({ manifest, statics, files }: Loaded, options: AppOptions): App {
  const { routes, trailingSlash } = manifest
  const log = options.log ?? ((message, error) => console.error(message, error))
  const table = createTable(routes, manifest.folders)
  const fillers = fillersOf(routes)
  const pages = new Map<string, Page>()

  let endpoints: Endpoints | undefined
  // Loaded by the first request that needs one: a server whose answers are all stored never runs or
  // holds the user's code, whose data alone made a stored answer dearer on Node (benches/http1.mjs --works routes).
  let loading: Promise<void> | undefined
  const load = async (): Promise<void> => {
    const { namespaces, failures } = await loadModules(options.modules, manifest.modules, log)
    endpoints = connect(manifest, namespaces, (error, request, where) => {
      if (!failures.has(error)) log(`${where}${request ? ` (${request.url})` : ''} failed:`, error)
    })
  }
  const loaded = (): Promise<void> => (loading ??= load())

  // `fetch` is asked what `static` was: responses are never added, so what is not there never is.
  let missed: string | undefined
  const pageAt = (key: string): Page | undefined => {
    if (key === missed) return undefined
    const known = pages.get(key)
    if (known) return known
    const stored = statics.get(key)
    if (!stored) {
      missed = key
      return undefined
    }
    const page = new Page(stored)
    pages.set(key, page)
    return page
  }
  const { touch } = createRevalidator({
    async compute(path) {
      await loaded()
      const match = table.match(path)
      if (!match) throw new Error('no module is there to compute it')
      return endpoints!.run(match.route, 'GET')(
        new Request(`http://localhost${path}`),
        match.values,
      )
    },
    swap: (path, page) => pages.set(path, page),
    log,
  })
  const answer = (page: Page, path: string, headers: HeaderSource, isHead: boolean): Reply => {
    if (page.stored.revalidate !== 0) touch(page, path)
    return page.reply(headers, isHead)
  }
  const isRoute = ({ stored }: Page): boolean => (stored.flags & (FLAG_PUBLIC | FLAG_FOLDER)) === 0
  const hasOwnHead = ({ stored }: Page): boolean =>
    stored.route >= 0 && (routes[stored.route]!.methods & bitOf('HEAD')) !== 0

  /** Whether a route's URL is to end in a slash; a name with a dot reads as a file's and never is. */
  const endsInSlash = (bare: string): boolean =>
    trailingSlash === 'always' && bare !== '/' && !bare.includes('.', bare.lastIndexOf('/'))

  /** Whether GET and HEAD of a route are answered by its template. */
  const fillerOf = ({ route }: Match, isHead: boolean) =>
    isHead && routes[route]!.methods & bitOf('HEAD') ? undefined : fillers?.[route]

  const find = (path: string): Found => {
    const page = pageAt(path)
    if (page) {
      if (page.stored.flags & FLAG_FOLDER) return { redirect: `${path}/` }
      return isRoute(page) && endsInSlash(path) ? { redirect: `${path}/` } : { page, path }
    }
    if (path.length > 2 && path.endsWith('/')) {
      const bare = path.slice(0, -1)
      const found = findRoute(bare)
      if (found) return trailingSlash === 'ignore' || endsInSlash(bare) ? found : { redirect: bare }
      const mounted = table.match(path)
      return mounted && routes[mounted.route]!.mount ? { match: mounted } : null
    }
    const match = table.match(path)
    if (!match) return null
    return !routes[match.route]!.mount && endsInSlash(path) ? { redirect: `${path}/` } : { match }
  }

  const findRoute = (bare: string): { page: Page; path: string } | { match: Match } | null => {
    const page = pageAt(bare)
    if (page) return isRoute(page) ? { page, path: bare } : null
    const match = table.match(bare)
    return match && !routes[match.route]!.mount ? { match } : null
  }

  /** A template's answer to a target that every URL parser leaves as it is, for GET. */
  const filled = (target: string, path: string, headers: HeaderSource): Reply | undefined => {
    if (!UNTOUCHED.test(target) || canonicalPath(path) !== path) return undefined
    if (path.length > LONGEST_PATH || (path.length > 2 && path.endsWith('/'))) return undefined
    const host = headers.get('host')
    if (host !== null && !isAuthority(host)) return undefined
    const match = table.match(path)
    const filler = match && fillerOf(match, false)
    if (!filler || endsInSlash(path)) return undefined
    // Sources of a host's own need not know all lines of a field, or its bytes.
    if (filler.readsHeaders && !(headers instanceof Headers)) return undefined
    return filler.reply({ params: match.values, url: ANY_ORIGIN + target, headers })
  }

  const streamed = async (reply: Reply, path: string): Promise<Response> => {
    try {
      const file = files[reply.file]!
      const body = await file.body(reply.pieces!)
      const response = new Response(body, { status: reply.status, headers: reply.fields })
      const part = file.partOf(reply.pieces!)
      if (part) noteFile(response, part)
      return response
    } catch (error) {
      log(`${path} cannot be sent:`, error)
      return plain(500, 'Internal Server Error')
    }
  }

  const fetch: App['fetch'] = (request, env, ctx, target) => {
    const { method } = request
    const raw = target ?? targetOf(request.url)
    if (raw === '*' && method === 'OPTIONS') return automatic(method, (1 << METHODS.length) - 1)
    const path = canonicalPath(raw)
    if (path === null) return plain(400, 'Bad Request')
    if (path.length > LONGEST_PATH && !pageAt(path)) return plain(414, 'URI Too Long')
    const found = find(path)

    const send = (reply: Reply): Response | Promise<Response> =>
      reply.pieces === undefined ? responseOf(reply) : streamed(reply, path)

    if (found && 'redirect' in found) return redirect(found.redirect + queryOf(raw))
    if (found && 'page' in found) {
      const { page } = found
      const isHead = method === 'HEAD'
      if (method === 'GET' || (isHead && !hasOwnHead(page))) {
        return send(answer(page, found.path, request.headers, isHead))
      }
      // No code belongs to it, so there is no middleware to run first either.
      if (page.stored.route < 0) return automatic(method, page.stored.allow)
    }
    if (fillers && found && 'match' in found && (method === 'GET' || method === 'HEAD')) {
      const isHead = method === 'HEAD'
      const params = found.match.values
      const { url, headers } = request
      const response = fillerOf(found.match, isHead)?.respond({ params, url, headers }, isHead)
      if (response) return response
    }
    if (!endpoints) return loaded().then(() => fetch(request, env, ctx, target))
    if (found) {
      const match = 'match' in found ? found.match : table.match(found.path)
      if (match) return handlerAt(match, path, raw, endpoints)(request, env, ctx)
    }
    const folder = table.folder(path)
    const page = pageAt(`404:${folder}`)
    if (page) return responseOf(page.reply(request.headers, method === 'HEAD'))
    return endpoints.unmatched(folder)(request, [], env, ctx)
  }

  return {
    fetch,
    handler(target) {
      if (!endpoints) return undefined
      const path = canonicalPath(target)
      if (path === null || path.length > LONGEST_PATH) return null
      const found = find(path)
      const isCode = found !== null && 'match' in found && !fillers?.[found.match.route]
      return isCode ? handlerAt(found.match, path, target, endpoints) : null
    },
    static(method, target, headers) {
      const isHead = method === 'HEAD'
      if (!isHead && method !== 'GET') return undefined
      // Keys that are no path, such as those of `_404`, are not for clients to name.
      if (target.charCodeAt(0) !== 47) return undefined
      const end = target.indexOf('?')
      const path = end < 0 ? target : target.slice(0, end)
      let page = pageAt(path)
      let bare = path
      if (!page && trailingSlash !== 'never' && path.length > 2 && path.endsWith('/')) {
        bare = path.slice(0, -1)
        page = pageAt(bare)
        if (!page || !isRoute(page)) return undefined
        if (trailingSlash === 'always' && !endsInSlash(bare)) return undefined
      } else if (!page) return fillers && !isHead ? filled(target, path, headers) : undefined
      else if (page.stored.flags & FLAG_FOLDER) return undefined
      else if (trailingSlash === 'always' && isRoute(page) && endsInSlash(path)) return undefined
      if (isHead && hasOwnHead(page)) return undefined
      const reply = answer(page, bare, headers, isHead)
      return reply.pieces === undefined ? reply : undefined
    },
  }
}

/** `path`: the canonical one of `target`, which leads to `match`. */
function handlerAt(
  { route, values }: Match,
  path: string,
  target: string,
  endpoints: Endpoints,
): Handler {
  const shown = isShown(path, target) ? path : undefined
  return (request, env, ctx) =>
    endpoints.run(route, request.method)(request, values, env, ctx, shown)
}

/** Whether `path`, the canonical one of `target`, is what Hono reads in the URL. */
function isShown(path: string, target: string): boolean {
  if (path.includes('%')) return false
  return target === path || (target.startsWith(path) && target.charCodeAt(path.length) === 63)
}

/** Characters of a target that no URL parser rewrites, beyond what the path's own form settles. */
const UNTOUCHED = /^[\x21$-&(-;=?-~]*$/

/** Any will do where only the query of a URL is read. */
const ANY_ORIGIN = 'http://localhost'

/** Path, query and fragment of an absolute URL. */
function targetOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  return start < 0 ? '/' : url.slice(start)
}

/** `//host` names another server, and a redirect there is an attacker's; `/.//host` is a path. */
function redirect(location: string): Response {
  const safe = location.startsWith('//') ? `/.${location}` : location
  const ascii = safe.replace(/[^\x21-\x7e]/g, encodeURIComponent)
  return new Response(null, { status: 308, headers: { location: ascii } })
}

function responseOf(reply: Reply): Response {
  return new Response(reply.body as Uint8Array<ArrayBuffer> | null, {
    status: reply.status,
    headers: reply.fields,
  })
}
