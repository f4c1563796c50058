// Candidates of the syntactic witness -> templates, where the second witness agrees: the real handler
// is asked in many ways, and each of its answers has to be what the template gives. `trials` says what
// there is to ask, `fill` reads the answers. After any difference the route stays dynamic.

import type { Template } from '../runtime/artifact.ts'
import { type Filled, Filler } from '../runtime/template.ts'
import { getHandler } from './handlers.ts'
import type {
  Analysis,
  Candidate,
  Endpoint,
  Outcome,
  Proved,
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

/** Reads the answers: what is proved, by handler. */
export function fill(
  all: Trial[],
  analysis: Analysis,
  outcomes: Map<string, Outcome>,
): Map<string, Proved> {
  const own = new Map<string, Trial[]>()
  for (const trial of all) own.set(trial.handler, [...(own.get(trial.handler) ?? []), trial])
  const proved = new Map<string, Proved>()
  for (const [id, some] of own) {
    const candidate = analysis.candidates.get(id)!
    const template = judged(some, candidate, outcomes)
    if (template) proved.set(id, { template, reason: candidate.reason })
  }
  return proved
}

/** The template that gives all that was answered, or null. */
function judged(
  all: Trial[],
  candidate: Candidate,
  outcomes: Map<string, Outcome>,
): Template | null {
  let template: Template | null = null
  let filler: Filler | null = null
  let isCompared = false
  for (const trial of all) {
    const outcome = outcomes.get(trial.job.id)
    if (!filler && outcome?.kind === 'snapshot') {
      template = templateOf(candidate, outcome.snapshot)
      if (!template) return null
      filler = new Filler(template, trial.job.handler.params)
    }
    const expected = filler?.fill(valuesOf(trial))
    // The handler answers by itself where a header cannot have that value.
    if (expected === null) continue
    if (!expected || outcome?.kind !== 'snapshot' || !isSame(expected, outcome.snapshot))
      return null
    isCompared = true
  }
  return isCompared ? template : null
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

function isSame(filled: Filled, { status, headers, body }: Snapshot): boolean {
  return (
    filled.status === status &&
    JSON.stringify(filled.headers) === JSON.stringify(headers) &&
    Buffer.compare(Buffer.from(filled.body ?? ''), body) === 0
  )
}
