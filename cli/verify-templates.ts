// The templates that `dist/` stores, for `precast verify`: each is filled for many requests and held
// against what its handler answers to them, or against what a running server sends.

import { availableParallelism } from 'node:os'
import { differenceOfBodies, differenceOfFields, type Fields } from '../compiler/compare.ts'
import type { Making } from '../compiler/compile.ts'
import { rerun } from '../compiler/evaluate.ts'
import { getHandler } from '../compiler/handlers.ts'
import { place } from '../compiler/report.ts'
import type { Compiled, Snapshot, Trial } from '../compiler/stages.ts'
import {
  inputsOf,
  type Inputs,
  namesOf,
  trialCount,
  trialOf,
  trialRequest,
  valuesOf,
} from '../compiler/trials.ts'
import { METHODS, type RouteRecord, type Template } from '../runtime/artifact.ts'
import type { Loaded } from '../runtime/load.ts'
import { createTable, paramNames } from '../runtime/table.ts'
import { Filler, type Filled } from '../runtime/template.ts'
import type { Answer } from './client.ts'
import type { Finding } from './findings.ts'
import type { Target } from './verify-url.ts'

function inputsOfTemplate({ body, headers }: Template): Inputs {
  return inputsOf(body, ...headers.map(([, parts]) => parts))
}

/** Runs the handlers behind templates, and notes the first difference of each. */
export async function runTemplates(
  { project, site, endpoints, judgement }: Compiled,
  { bundle, facts, followed }: Making,
  { manifest }: Loaded,
  runs: number,
  found: Map<string, Finding>,
): Promise<{ checked: number; runs: number }> {
  const fillers = new Map<string, { filler: Filler; key: string }>()
  const trials = new Map<string, Trial>()
  for (const { pattern, segments, template } of manifest.routes) {
    if (!template) continue
    const key = `GET ${pattern}`
    const endpoint = endpoints.find(one => one.role === 'route' && one.pattern === pattern)
    const handler = endpoint && getHandler(site, endpoint)
    if (!handler || !namesOf(endpoint.segments)) {
      found.set(key, { what: key, why: 'is stored, but the sources have no such route now' })
      continue
    }
    if (!judgement.templates.has(endpoint.file)) {
      const reason = judgement.rows.find(
        row => row.path === pattern && row.method === 'GET',
      )?.reason
      const why = reason ? `: ${reason.message}\n  at ${place(reason)}` : ''
      found.set(key, { what: key, why: `is stored, but is no template now${why}` })
      continue
    }
    fillers.set(handler.id, { filler: new Filler(template, paramNames(segments)), key })
    const inputs = inputsOfTemplate(template)
    const count = Math.max(runs, trialCount(inputs, segments))
    for (let number = 0; number < count; number++) {
      const trial = trialOf(endpoint, handler, inputs, number)
      trials.set(trial.job.id, trial)
    }
  }
  let made = 0
  await rerun(
    bundle,
    [...trials.values()].map(({ job }) => job),
    facts,
    {
      root: project.root,
      concurrency: availableParallelism(),
      timeout: 10_000,
      maxBody: 64 << 20,
      silent: true,
      // Each job is one request; compiling has just made them in other surroundings.
      runs: 1,
      followed,
    },
    (job, answer) => {
      made++
      const { filler, key } = fillers.get(job.handler.id)!
      const filled = filler.fill(valuesOf(trials.get(job.id)!))
      // The handler itself answers where a header cannot have that value.
      if (!filled) return true
      const why =
        'message' in answer
          ? `its handler ${answer.message}\n  at ${place(answer)}`
          : differenceFrom(filled, answer)
      if (!why) return true
      const asked = `asked ${job.path}${job.asked!.search}`
      if (!found.has(key)) found.set(key, { what: key, why: `${why}\n  ${asked}` })
      return false
    },
  )
  return { checked: fillers.size, runs: made }
}

function differenceFrom(filled: Filled, { status, headers, body }: Snapshot): string | null {
  if (filled.status !== status) return `status: template ${filled.status}, answered ${status}`
  return (
    differenceOfFields(filled.headers, headers) ??
    differenceOfBodies(Buffer.from(filled.body ?? ''), body)
  )
}

/** What to ask a running server for, of each template. */
export function* templateTargets({ manifest, statics }: Loaded): Generator<Target> {
  const { routes, folders, trailingSlash } = manifest
  const table = createTable(routes, folders)
  for (const [number, route] of routes.entries()) {
    const { template, segments } = route
    if (!template) continue
    const filler = new Filler(template, paramNames(segments))
    const inputs = inputsOfTemplate(template)
    yield {
      what: `GET ${route.pattern}`,
      question(run) {
        const { path, values, search, requestHeaders } = trialRequest(segments, inputs, run)
        // Another route, or a stored response, may have that path, or `config.match` refuse it.
        if (statics.get(path) || table.match(path)?.route !== number) return null
        const isBare = path !== '/' && !path.includes('.', path.lastIndexOf('/'))
        const headers = new Headers()
        const fields: Record<string, string[]> = {}
        for (const [name, value] of requestHeaders) {
          headers.append(name, value)
          fields[name] = [...(fields[name] ?? []), value]
        }
        const filled = filler.fill({
          params: values,
          url: `http://localhost${path}${search}`,
          headers,
        })
        if (!filled) return null
        const method = run % 7 === 3 && !hasOwnHead(route) ? 'HEAD' : 'GET'
        return {
          path: trailingSlash === 'always' && isBare ? `${path}/` : path,
          probe: { method, search, headers: fields },
          judge: answer => differenceFromServer(filled, answer, method),
        }
      },
    }
  }
}

function hasOwnHead({ methods }: RouteRecord): boolean {
  return (methods & (1 << METHODS.indexOf('HEAD'))) !== 0
}

function differenceFromServer(filled: Filled, answer: Answer, method: string): string | null {
  const { status, headers, body } = answer
  if (filled.status !== status) return `status: template ${filled.status}, answered ${status}`
  const names = new Set(filled.headers.map(([name]) => name))
  // A proxy may add fields, and encode the body.
  const answered: Fields = Object.entries(headers).map(([name, value]) => [name, String(value)])
  const fields = differenceOfFields(
    filled.headers,
    answered.filter(([name]) => names.has(name)),
  )
  if (fields) return fields
  if (method === 'HEAD') return body.length === 0 ? null : `HEAD with ${body.length} bytes of body`
  if (headers['content-encoding']) return null
  return differenceOfBodies(Buffer.from(filled.body ?? ''), body)
}
