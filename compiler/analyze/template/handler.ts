// A handler behind its middleware -> the parts of its answer, where that is fixed bytes with values
// of the request put in; null where it is anything else, or may be. Reads syntax and runs nothing of
// the project; of the abstract machine it takes the syntax trees and which objects are changed.

import type { Escape, Hole, Part } from '../../../runtime/artifact.ts'
import type { Bundle, Handler } from '../../stages.ts'
import { isOverflow } from '../overflow.ts'
import type { Site } from '../value.ts'
import { Evaluator, type Source } from './evaluator.ts'
import { Refusal, refuse, type Value } from './value.ts'

export interface Found {
  body: Part[] | null
  headers: [string, Part[]][]
  /** What is put in, in words. */
  holes: string
  /** Where the first of it is read; null where nothing is. */
  site: Site | null
}

/** The parts of what a handler answers, or null. */
export function templateOf(source: Source, bundle: Bundle, handler: Handler): Found | null {
  try {
    const { answer, site } = answerOf(source, bundle, handler)
    const { body, headers } = answer
    const holes = [...(body ?? []), ...headers.flatMap(([, parts]) => parts)].filter(
      (part): part is Hole => typeof part !== 'string',
    )
    return { body, headers, holes: inWords(holes), site: holes.length > 0 ? site : null }
  } catch (error) {
    if (error instanceof Refusal || isOverflow(error)) return null
    throw error
  }
}

function answerOf(source: Source, bundle: Bundle, handler: Handler) {
  const { file, name, middleware } = handler
  const links: Value[] = []
  let passed = -1
  const run = (index: number): void => {
    if (index <= passed || index >= links.length) refuse('next() where there is none')
    passed = index
    const isLast = index === links.length - 1
    const given: Value[] = [{ kind: 'context' }, { kind: 'next', link: index }]
    let out = evaluator.call(links[index]!, given)
    while (out.kind === 'promise') out = out.value
    if (isLast) {
      if (out.kind === 'passed') refuse('a handler that passes on')
      evaluator.exchange.answered = evaluator.exchange.answerOf(out)
    } else if (
      passed !== links.length - 1 ||
      !(out.kind === 'passed' || (out.kind === 'constant' && out.value === undefined))
    )
      refuse('middleware that answers')
  }
  // The name is the file's own, so what is a parameter and what may be missing stands in it.
  const optional = /\[\[\.\.\.([^\]]+)\]\]/.exec(file)?.[1]
  const evaluator = new Evaluator(source, handler.params, optional, link => run(link + 1))
  const exported = (from: string, what: string): Value =>
    evaluator.scope.exported(bundle.modules.get(from)!.chunk, what)
  const linksOf = (value: Value): Value[] =>
    value.kind === 'array' && /^(function|builtin)$/.test(value.items[0]?.kind ?? '')
      ? value.items
      : [value]
  for (const from of middleware) links.push(...linksOf(exported(from, 'default')))
  links.push(...linksOf(exported(file, name)))
  run(0)
  const answer = evaluator.exchange.answered ?? refuse('no answer')
  return { answer, site: evaluator.site }
}

/** `puts in :slug (HTML-escaped) and ?q`. */
function inWords(holes: Hole[]): string {
  const found = new Map<string, string>()
  for (const { from, name, escapes } of holes) {
    const what =
      from === 'param' ? `:${name}` : from === 'query' ? `?${name}` : `the header ${name}`
    const how = escapes.map(name => WORDS[name]).join(', ')
    found.set(`${what} ${how}`, how ? `${what} (${how})` : what)
  }
  if (found.size === 0) return 'puts in nothing: the response is the same for every value'
  const all = [...found.values()]
  const last = all.pop()!
  return `puts in ${all.length > 0 ? `${all.join(', ')} and ${last}` : last}`
}

const WORDS: Record<Escape, string> = {
  html: 'HTML-escaped',
  json: 'as JSON text',
  uri: 'URL-encoded',
}
