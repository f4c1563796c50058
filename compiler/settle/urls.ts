// The URLs of an endpoint that are known at build: those its `config` lists and its own `match` allows.

import type { Segment } from '../../runtime/artifact.ts'
import { encodeSegment } from '../../runtime/path.ts'
import { createTable } from '../../runtime/table.ts'
import { recordOf } from '../handlers.ts'
import type { Endpoint, Site } from '../stages.ts'
import type { Report } from './config.ts'

export function enumerate(endpoint: Endpoint, report: Report): Endpoint['urls'] {
  const { segments, config, file, pattern } = endpoint
  const names = segments.flatMap(segment => (segment.kind === 'literal' ? [] : [segment.name]))
  const wrong = (message: string, hint?: string): Endpoint['urls'] => {
    report('bad-config', `${message}, in config of ${file}`, config.at, hint)
    return []
  }
  for (const name of Object.keys(config.match)) {
    if (!names.includes(name))
      return wrong(`match names ${name}, which is no parameter of ${pattern}`)
  }
  if (endpoint.mount) {
    const key = config.params
      ? 'params'
      : config.revalidate
        ? 'revalidate'
        : config.prerender === true
          ? 'prerender: true'
          : null
    return key ? wrong(`${key} has no meaning for a Hono app, which runs for each request`) : []
  }
  if (!endpoint.methods.some(({ method }) => method === 'GET')) return []
  if (names.length === 0) {
    return config.params
      ? wrong(`params has no meaning for ${pattern}, which has no parameter`)
      : [{ path: pattern, params: {} }]
  }
  if (!config.params) {
    if (config.prerender === true || config.revalidate > 0) {
      return wrong(
        `${pattern} is to be precomputed, but nothing says for which URLs`,
        'add params: an array of objects, one a URL',
      )
    }
    return []
  }
  const urls = new Map<string, Record<string, string>>()
  for (const params of config.params) {
    const unknown = Object.keys(params).find(name => !names.includes(name))
    if (unknown) return wrong(`params names ${unknown}, which is no parameter of ${pattern}`)
    const parts: string[] = []
    const encoded: Record<string, string> = {}
    for (const segment of segments) {
      const part = partOf(segment, params)
      if (part === null)
        return wrong(
          `params holds ${JSON.stringify(params)}, which lacks ${'name' in segment ? segment.name : ''}`,
        )
      if (part === '' && segment.kind === 'optional-rest') continue
      parts.push(part)
      if (segment.kind !== 'literal') encoded[segment.name] = part
    }
    for (const [name, { source, flags }] of Object.entries(config.match)) {
      const value = params[name] ?? ''
      if (!new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, '')).test(value)) {
        return wrong(`params holds ${name} = ${JSON.stringify(value)}, which its own match refuses`)
      }
    }
    if (parts.some(part => part.split('/').some(one => one === '.' || one === '..'))) {
      return wrong(`params holds ${JSON.stringify(params)}: no URL can have . or .. as a segment`)
    }
    urls.set(`/${parts.join('/')}`, encoded)
  }
  return [...urls].map(([path, params]) => ({ path, params }))
}

/** Takes out enumerated URLs that another route or a public file answers, by precedence. */
export function dropShadowed(site: Site, endpoints: Endpoint[]): void {
  const routes = endpoints.filter(({ role }) => role === 'route')
  const table = createTable(routes.map(recordOf), [])
  const taken = new Set(site.publicFiles.map(file => file.path))
  for (const [number, endpoint] of routes.entries()) {
    endpoint.urls = endpoint.urls.filter(
      ({ path }) => table.match(path)?.route === number && !taken.has(path),
    )
  }
}

function partOf(segment: Segment, params: Record<string, string>): string | null {
  switch (segment.kind) {
    case 'literal':
      return encodeSegment(segment.value)
    case 'param':
      return params[segment.name] ? encodeSegment(params[segment.name]!) : null
    case 'rest':
      return params[segment.name]
        ? params[segment.name]!.split('/').map(encodeSegment).join('/')
        : null
    case 'optional-rest':
      return (params[segment.name] ?? '').split('/').map(encodeSegment).join('/')
  }
}
