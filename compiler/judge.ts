// Endpoints + what both witnesses say -> a verdict for each URL, with its reason. `plan` says what
// there is to evaluate, `judge` reads the outcomes. A URL is static only where nothing objects.

import { getHandler, notFoundHandler } from './handlers.ts'
import type {
  Analysis,
  Diagnostic,
  Endpoint,
  Handler,
  Job,
  Judgement,
  Outcome,
  Position,
  Proved,
  Reason,
  Row,
  Site,
} from './stages.ts'

/** What to evaluate: URLs that the syntactic witness lets pass, and those the user vouches for. */
export function plan(site: Site, endpoints: Endpoint[], analysis: Analysis): Job[] {
  const jobs: Job[] = []
  for (const endpoint of endpoints) {
    if (endpoint.config.prerender === false || endpoint.mount) continue
    if (endpoint.role === 'error') continue
    const mode = vouchedFor(endpoint) ? 'keep' : 'prove'
    if (endpoint.role === 'not-found') {
      for (const handler of notFoundHandlers(site, endpoint).values()) {
        if (mode === 'prove' && analysis.reasons.get(handler.id) !== null) continue
        const { headers } = endpoint.config
        jobs.push({
          id: handler.id,
          handler,
          path: '/404',
          params: {},
          mode,
          role: 'not-found',
          headers,
        })
      }
      continue
    }
    const handler = getHandler(site, endpoint)
    if (!handler) continue
    for (const { path, params } of endpoint.urls) {
      if (mode === 'prove' && objection(analysis, handler, endpoint) !== null) continue
      const id = `${handler.id} ${path}`
      jobs.push({
        id,
        handler,
        path,
        params,
        mode,
        role: 'route',
        headers: endpoint.config.headers,
      })
    }
  }
  return jobs
}

/** Reads the outcomes. What a user vouched for and cannot be kept is an error. */
export function judge(
  root: string,
  site: Site,
  endpoints: Endpoint[],
  analysis: Analysis,
  outcomes: Map<string, Outcome>,
  proved: Map<string, Proved>,
  diagnostics: Diagnostic[],
): Judgement {
  const judgement: Judgement = { frozen: [], rows: [], templates: new Map() }
  for (const endpoint of endpoints) {
    if (endpoint.role === 'route') judgeRoute(endpoint)
    else if (endpoint.role === 'not-found') judgeNotFound(endpoint)
    else {
      const reason = {
        ...endpoint.methods[0]!.at,
        message: 'runs only when a handler throws, with what it threw',
      }
      judgement.rows.push({
        path: endpoint.pattern,
        method: 'ALL',
        verdict: 'dynamic',
        reason,
        role: 'error',
        file: endpoint.file,
      })
    }
  }
  for (const row of judgement.rows) if (row.reason) row.reason = placeless(row.reason, root)
  judgement.rows.sort(
    (a, b) => compare(a.path, b.path) || compare(a.method, b.method) || compare(a.file, b.file),
  )
  return judgement

  function judgeRoute(endpoint: Endpoint): void {
    const { file, pattern, config, mount } = endpoint
    if (mount) {
      const at = analysis.modules.get(file)!.positions.get('default') ?? top(file)
      const path = pattern === '/' ? '/*' : pattern.endsWith('/*') ? pattern : `${pattern}/*`
      judgement.rows.push({
        path,
        method: 'ALL',
        verdict: 'dynamic',
        reason: { ...at, message: 'is a Hono app, which runs for each request' },
        file,
      })
      return
    }
    for (const { method, at } of endpoint.methods) {
      if (method !== 'GET') {
        const message = `answers ${method}; only GET is ever precomputed`
        judgement.rows.push({
          path: pattern,
          method,
          verdict: 'dynamic',
          reason: { ...at, message },
          file,
        })
      }
    }
    const handler = getHandler(site, endpoint)
    if (!handler) return
    for (const { path } of endpoint.urls) {
      const reason = verdictOf(
        `${handler.id} ${path}`,
        endpoint,
        path,
        () => objection(analysis, handler, endpoint),
        path,
      )
      judgement.rows.push(rowOf(endpoint, handler, path, reason))
    }
    if (!hasParams(endpoint)) return
    const why =
      config.prerender === false
        ? optedOut(config.at)
        : (analysis.reasons.get(handler.id) ?? {
            ...endpoint.methods.find(({ method }) => method === 'GET')!.at,
            message: config.params
              ? 'only the URLs that config.params names are precomputed'
              : 'takes any value of its parameters; config.params can name URLs to precompute',
          })
    judgement.rows.push(rowOf(endpoint, handler, pattern, why))
  }

  /** The verdict of one URL, or of a pattern, that is static only without a reason. */
  function rowOf(endpoint: Endpoint, { id }: Handler, path: string, why: Reason | null): Row {
    const row = { path, method: 'GET' as const, file: endpoint.file }
    if (!why) return { ...row, verdict: 'static', reason: null }
    const found = proved.get(id)
    if (!found) return { ...row, verdict: 'dynamic', reason: why }
    judgement.templates.set(endpoint.file, found.template)
    return { ...row, verdict: 'template', reason: found.reason }
  }

  function judgeNotFound(endpoint: Endpoint): void {
    let own: Reason | null = null
    for (const [number, handler] of notFoundHandlers(site, endpoint)) {
      const reason = verdictOf(
        handler.id,
        endpoint,
        `404:${number}`,
        () => analysis.reasons.get(handler.id) ?? null,
        endpoint.pattern,
      )
      if (number === endpoint.folder || own === null) own = reason
    }
    judgement.rows.push({
      path: endpoint.pattern,
      method: 'ALL',
      verdict: own ? 'dynamic' : 'static',
      reason: own,
      role: '404',
      file: endpoint.file,
    })
  }

  /** Null where the URL is static; its response is then among the frozen ones. */
  function verdictOf(
    id: string,
    endpoint: Endpoint,
    key: string,
    syntactic: () => Reason | null,
    url: string,
  ): Reason | null {
    if (endpoint.config.prerender === false) return optedOut(endpoint.config.at)
    const outcome = outcomes.get(id)
    if (outcome?.kind === 'snapshot') {
      const { snapshot, files } = outcome
      judgement.frozen.push({ key, job: id, endpoint, snapshot, files })
      return null
    }
    if (vouchedFor(endpoint)) {
      const reason = outcome?.reason ?? { ...endpoint.config.at, message: 'was not evaluated' }
      const asked = endpoint.config.revalidate > 0 ? 'revalidate' : 'prerender: true'
      diagnostics.push({
        severity: 'error',
        code: 'cannot-prerender',
        message: `${url} has ${asked}, but its handler ${reason.message}`,
        at: reason,
        hint: `take ${asked} out of config in ${endpoint.file}, or mend the handler`,
      })
      return reason
    }
    return syntactic() ?? outcome?.reason ?? { ...top(endpoint.file), message: 'was not evaluated' }
  }
}

/** Without the project's place on this machine: the same project gives the same words anywhere. */
function placeless(reason: Reason, root: string): Reason {
  const message = reason.message.replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, '')
  return { ...reason, message }
}

/** Folders for which a `_404` speaks, each with its own middleware before it. */
function notFoundHandlers(site: Site, endpoint: Endpoint): Map<number, Handler> {
  const handlers = new Map<number, Handler>()
  for (const [number, folder] of site.folders.entries()) {
    if (folder.notFound === endpoint.file && !folder.shadowed)
      handlers.set(number, notFoundHandler(site, number))
  }
  return handlers
}

/** What speaks against URLs of `endpoint`, whose parameters, an absent rest too, each of them settles. */
function objection(analysis: Analysis, handler: Handler, endpoint: Endpoint): Reason | null {
  const reasons = hasParams(endpoint) ? analysis.reasonsWithParams : analysis.reasons
  const reason = reasons.get(handler.id)
  return reason === undefined ? { ...top(handler.file), message: 'was not analyzed' } : reason
}

function hasParams(endpoint: Endpoint): boolean {
  return endpoint.segments.some(segment => segment.kind !== 'literal')
}

function vouchedFor(endpoint: Endpoint): boolean {
  return endpoint.config.prerender === true || endpoint.config.revalidate > 0
}

function optedOut(at: Position): Reason {
  return { ...at, message: 'has prerender: false in its config' }
}

function top(file: string): Position {
  return { file, line: 1, column: 1 }
}

// By code unit: the order may not depend on the machine's locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
