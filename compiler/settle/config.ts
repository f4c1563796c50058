// A module's `config` -> what holds for it: every key checked, what is wrong reported.

import type { Analysis, Position, RouteConfig, Shape } from '../stages.ts'

export type Report = (code: string, message: string, at: Position, hint?: string) => void

export function settleConfig(
  file: string,
  analysis: Analysis,
  shapes: Map<string, Shape>,
  report: Report,
): RouteConfig | null {
  const { config: found } = analysis.modules.get(file)!
  const settled: RouteConfig = {
    prerender: 'auto',
    params: null,
    revalidate: 0,
    match: {},
    headers: {},
    at: { file, line: 1, column: 1 },
  }
  if (found.kind === 'absent') return settled
  settled.at = found.at
  const shape = shapes.get(file)
  if (found.kind === 'computed' && (!shape || shape.failed)) {
    const why = shape?.failed
    report(
      'config-unknown',
      `cannot read config of ${file}: loading the module ${why?.message ?? 'failed'}`,
      why ?? found.at,
      'write config as a literal, or keep what throws out of the top level',
    )
    return null
  }
  const value = found.kind === 'literal' ? found.value : shape!.config
  const wrong = (what: string): null => {
    report(
      'bad-config',
      `${what}, in config of ${file}`,
      found.at,
      'docs/routing.md says what config takes',
    )
    return null
  }
  if (!isRecord(value)) return wrong('config is no object')
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue
    switch (key) {
      case 'prerender':
        if (entry !== 'auto' && typeof entry !== 'boolean')
          return wrong("prerender is neither 'auto', true nor false")
        settled.prerender = entry
        break
      case 'params': {
        if (!Array.isArray(entry)) return wrong('params is no array of objects')
        const params: Record<string, string>[] = []
        for (const item of entry) {
          if (!isRecord(item)) return wrong('params holds something that is no object')
          const texts: Record<string, string> = {}
          for (const [name, text] of Object.entries(item)) {
            if (text === undefined) continue
            if (typeof text !== 'string' && typeof text !== 'number')
              return wrong(`params holds a ${name} that is no string`)
            texts[name] = String(text)
          }
          params.push(texts)
        }
        settled.params = params
        break
      }
      case 'revalidate':
        if (typeof entry !== 'number' || !(entry > 0) || !Number.isFinite(entry))
          return wrong('revalidate is no number of seconds above 0')
        settled.revalidate = entry
        break
      case 'match': {
        if (!isRecord(entry)) return wrong('match is no object of regular expressions')
        for (const [name, pattern] of Object.entries(entry)) {
          if (!isPattern(pattern)) return wrong(`match.${name} is no regular expression`)
          settled.match[name] = { source: pattern.source, flags: pattern.flags }
        }
        break
      }
      case 'headers':
        if (!isRecord(entry)) return wrong('headers is no object of strings')
        for (const [name, text] of Object.entries(entry)) {
          if (typeof text !== 'string') return wrong(`headers['${name}'] is no string`)
          // RFC 9110 section 5.1 and 5.5: a token, and no control characters but tab.
          if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
            return wrong(`headers['${name}'] is no name of a header field`)
          if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
            return wrong(`headers['${name}'] holds characters no header field may hold`)
          settled.headers[name] = text
        }
        break
      default:
        return wrong(`${key} is none of prerender, params, revalidate, match and headers`)
    }
  }
  if (settled.prerender === false && (settled.revalidate > 0 || settled.params)) {
    return wrong('prerender: false and params or revalidate contradict each other')
  }
  return settled
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegExp)
  )
}

function isPattern(value: unknown): value is { source: string; flags: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'flags' in value &&
    typeof value.source === 'string'
  )
}
