// Candidates of the syntactic witness -> templates, where the second witness agrees: the real handler
// is asked in many ways, and each of its answers has to be what the template gives. `trials` says what
// there is to ask, `fill` reads the answers. Any difference makes the route dynamic.

import type { Template } from '../runtime/artifact.ts'
import { Filler } from '../runtime/template.ts'
import { getHandler } from './handlers.ts'
import type {
  Analysis,
  Candidate,
  Endpoint,
  Filled,
  Outcome,
  Site,
  Snapshot,
  Trial,
} from './stages.ts'
import { inputsOf, namesOf, trialCount, trialOf, valuesOf } from './trials.ts'

/** What to ask the handlers of candidates. */
export function trials(site: Site, endpoints: Endpoint[], analysis: Analysis): Trial[] {
  const found: Trial[] = []
  for (const endpoint of endpoints) {
    const { role, mount, config, segments } = endpoint
    if (role !== 'route' || mount || config.prerender === false) continue
    const handler = getHandler(site, endpoint)
    const candidate = handler && analysis.candidates.get(handler.id)
    const names = namesOf(segments)
    // What is the same for every request is static, where there is but one URL.
    const isStatic = names?.length === 0 && analysis.reasons.get(handler?.id ?? '') === null
    if (!candidate || !names || isStatic) continue
    const inputs = inputsOfCandidate(candidate)
    for (let number = 0; number < trialCount(inputs, segments); number++)
      found.push(trialOf(endpoint, handler, inputs, number))
  }
  return found
}

function inputsOfCandidate({ body, headers }: Candidate) {
  return inputsOf(body, ...headers.map(([, parts]) => parts))
}

/** Reads the answers, by handler. */
export function fill(
  all: Trial[],
  analysis: Analysis,
  outcomes: Map<string, Outcome>,
): Map<string, Filled> {
  const filled = new Map<string, Filled>()
  for (const [id, own] of byHandler(all))
    filled.set(id, judged(own, analysis.candidates.get(id)!, outcomes))
  return filled
}

function byHandler(all: Trial[]): Map<string, Trial[]> {
  const found = new Map<string, Trial[]>()
  for (const trial of all) {
    const known = found.get(trial.handler)
    if (known) known.push(trial)
    else found.set(trial.handler, [trial])
  }
  return found
}

function judged(own: Trial[], candidate: Candidate, outcomes: Map<string, Outcome>): Filled {
  let template: Template | undefined
  let filler: Filler | undefined
  for (const trial of own) {
    const { job } = trial
    const outcome = outcomes.get(job.id)
    if (!filler && outcome?.kind === 'snapshot') {
      const made = templateOf(candidate, outcome.snapshot)
      if (made) {
        template = made
        filler = new Filler(made, job.handler.params)
      }
    }
    const expected = filler?.fill(valuesOf(trial))
    // The handler answers by itself where a header cannot have that value.
    if (expected === null) continue
    if (outcome?.kind !== 'snapshot')
      return {
        kind: 'dynamic',
        reason: outcome?.reason ?? { ...candidate.reason, message: 'was not evaluated' },
      }
    const difference = expected ? differenceOf(expected, outcome.snapshot) : 'its headers'
    if (difference) {
      const message = `makes something else of values of the request than its code shows: ${difference} differs for ${shown(job.path + job.asked!.search)}`
      return { kind: 'dynamic', reason: { ...candidate.reason, message } }
    }
  }
  return template
    ? { kind: 'template', template, reason: candidate.reason }
    : { kind: 'dynamic', reason: { ...candidate.reason, message: 'was not evaluated' } }
}

/** With the headers of the first answer that have nothing put in; null where one is missing. */
function templateOf({ body, headers }: Candidate, snapshot: Snapshot): Template | null {
  const filled = new Map(headers)
  const names = new Set(snapshot.headers.map(([name]) => name))
  if (headers.some(([name]) => !names.has(name))) return null
  const all = snapshot.headers.map(([name, value]): Template['headers'][number] => [
    name,
    filled.get(name) ?? [value],
  ])
  return { status: snapshot.status, headers: all, body }
}

/** In what a filled template is not what the handler answered, or null. */
export function differenceOf(
  filled: { status: number; headers: [string, string][]; body: string | null },
  { status, headers, body }: Snapshot,
): string | null {
  if (filled.status !== status) return 'its status'
  if (JSON.stringify(sorted(filled.headers)) !== JSON.stringify(sorted(headers))) return 'a header'
  return Buffer.compare(Buffer.from(filled.body ?? ''), body) === 0 ? null : 'its body'
}

function sorted(fields: [string, string][]): [string, string][] {
  return [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function shown(target: string): string {
  return target.length > 60 ? `${target.slice(0, 60)}…` : target
}
