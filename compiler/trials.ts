// A template's holes -> requests to try it with: for each value of the request whatever an escaping,
// a decoder or a handler might treat in a way of its own. The same number gives the same request.

import type { Hole, Part, Segment } from '../runtime/artifact.ts'
import { encodeSegment } from '../runtime/path.ts'
import { paramNames } from '../runtime/table.ts'
import type { Values } from '../runtime/template.ts'
import type { Asked, Endpoint, Handler, Trial } from './stages.ts'

/** A request to try a template with. */
export interface TrialRequest extends Asked {
  /** Canonical path. */
  path: string
  /** Path parameters in the route's order, percent-encoded; undefined for a rest of none. */
  values: (string | undefined)[]
}

/** What values of the request are read, each once. */
export type Inputs = Pick<Hole, 'from' | 'name'>[]

/** Values of the request that the parts of a response show. */
export function inputsOf(...lists: (Part[] | null)[]): Inputs {
  const found = new Map<string, Inputs[number]>()
  for (const part of lists.flatMap(list => list ?? []))
    if (typeof part !== 'string') found.set(`${part.from} ${part.name}`, part)
  return [...found.values()]
}

/** How many requests there are before they repeat. */
export function trialCount(inputs: Inputs, segments: Segment[]): number {
  const lengths = inputs.map(({ from }) => FORMS[from].length)
  const params = segments.some(({ kind }) => kind !== 'literal') ? [3] : [1]
  return Math.max(...lengths, ...params)
}

/** The `number`th request for a route. */
export function trialRequest(segments: Segment[], inputs: Inputs, number: number): TrialRequest {
  const of = <T>(forms: readonly T[], which: number): T =>
    forms[(number + which * 7) % forms.length]!
  const values: (string | undefined)[] = []
  const path: string[] = []
  const shown = new Set(inputs.filter(({ from }) => from === 'param').map(({ name }) => name))
  for (const segment of segments) {
    if (segment.kind === 'literal') {
      path.push(encodeSegment(segment.value))
      continue
    }
    const which = values.length
    const text = shown.has(segment.name) ? of(PARAMS, which) : of(['a', 'b-2', 'C'], which)
    const one = encodeSegment(text)
    if (segment.kind === 'param') values.push(one)
    else if (segment.kind === 'optional-rest' && number % 4 === 1) {
      values.push(undefined)
      continue
    } else values.push(number % 3 === 0 ? one : `${one}/${encodeSegment(of(PARAMS, which + 1))}`)
    path.push(values.at(-1)!)
  }
  const query = inputs.filter(({ from }) => from === 'query')
  const pairs = query.map(({ name }, which) => of(QUERIES, which)(name)).filter(Boolean)
  if (number % 3 === 1) pairs.unshift('trial=1')
  if (number % 3 === 2) pairs.push('trial')
  const headers = inputs.filter(({ from }) => from === 'header')
  const names = new Set(headers.map(({ name }) => name))
  return {
    path: `/${path.join('/')}`,
    values,
    origin: number % 2 === 0 ? 'http://localhost:3000' : 'https://precast.example:8443',
    search: pairs.length > 0 ? `?${pairs.join('&')}` : '',
    requestHeaders: [
      ...(number % 2 === 0 ? [] : NOISE.filter(([name]) => !names.has(name))),
      ...headers.flatMap(({ name }, which) =>
        of(HEADERS, which).map((value): [string, string] => [name, value]),
      ),
    ],
  }
}

/** The `number`th request as a job of the evaluation. */
export function trialOf(
  { segments, config }: Pick<Endpoint, 'segments' | 'config'>,
  handler: Handler,
  inputs: Inputs,
  number: number,
): Trial {
  const { path, values, ...asked } = trialRequest(segments, inputs, number)
  const params: Record<string, string> = {}
  for (const [index, name] of handler.params.entries()) {
    const value = values[index]
    if (value !== undefined) params[name] = value
  }
  const id = `${handler.id} trial ${number}`
  const { headers } = config
  const job = {
    id,
    handler,
    path,
    params,
    mode: 'fill' as const,
    role: 'route' as const,
    headers,
    asked,
  }
  return { handler: handler.id, values, job }
}

/** What a trial's template is to be filled from. */
export function valuesOf({ values, job }: Trial): Values {
  const { origin, search, requestHeaders } = job.asked!
  const headers = new Headers()
  for (const [name, value] of requestHeaders) headers.append(name, value)
  return { params: values, url: `${origin}${job.path}${search}`, headers }
}

const NOISE: [string, string][] = [
  ['accept', 'application/json'],
  ['accept-language', 'tr-TR, ar;q=0.5'],
  ['cookie', 'session=trial; theme=dark'],
  ['user-agent', 'Precast/0 (Mobile; iPhone)'],
  ['x-requested-with', 'XMLHttpRequest'],
]

/** Texts that escaping, decoding or a coercion may touch. */
const TEXTS = [
  'plain',
  `<b class="x" id='y'>&amp;</b>`,
  'a b+c/d?e=f&g#h',
  'ünïcode €\u{1D11E} 日本',
  '%',
  '%zz%41%',
  '\\"\b\n\t\r\u0000\u0001\u007f\u0085\u2028\u2029',
  '0',
  'null',
  '__proto__',
  '</script><!--</head>',
  '${x}{{y}}$&$1',
  ' padded ',
  '\uFEFFmark',
  '-0',
  'true',
  'undefined',
  '\uE0000&\uE001',
  '"',
  'toString',
]

/** As part of a path: never empty, never a dot segment. */
const PARAMS = [...TEXTS, 'x'.repeat(1500)]

/** A query's part for a name. */
const QUERIES: ((name: string) => string)[] = [
  name => `${name}=plain`,
  () => '',
  name => `${name}=`,
  name => name,
  ...TEXTS.slice(1).map(text => (name: string) => `${name}=${encodeURIComponent(text)}`),
  name => `${name}=a+b%2Bc`,
  name => `${name}=%ED%A0%80`,
  name => `${name}=%FF%41%C3`,
  name => `${name}=%`,
  name => `${name}=1&${name}=2`,
  name => `${name}=a=b`,
  name => `x%20y=1&${name}=after`,
  name => `%${name.charCodeAt(0).toString(16)}${name.slice(1)}=spelt`,
  name => `${name}x=longer&x${name}=other`,
  name => `${name}=${'x'.repeat(3000)}`,
]

/** Lines of a header. */
const HEADERS: string[][] = [
  ['plain'],
  [],
  [''],
  [`<b class="x" id='y'>&amp;</b>`],
  ['a b+c%20d'],
  ['\u00fc\u00a0\u0080\u00ff'],
  ['one', 'two'],
  ['a\tb'],
  ['\\"'],
  ['0'],
  ['null'],
  [' padded '],
  ['${x}{{y}}$&'],
  ['</script>'],
  ['x'.repeat(3000)],
]

const FORMS = { param: PARAMS, query: QUERIES, header: HEADERS }

/** Names of a route's parameters, where each can be told by its name. */
export function namesOf(segments: Segment[]): string[] | null {
  const names = paramNames(segments)
  // An object of them would have such names in an order of its own.
  const isPlain = names.every(name => !/^\d/.test(name)) && new Set(names).size === names.length
  return isPlain ? names : null
}
