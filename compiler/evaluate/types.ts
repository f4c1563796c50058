// The media type that a host gives a body without being told. On the wire every host of ours sends the
// same, but what user code reads back differs: Bun shows none for a text and another one for JSON. So
// one variation spells it in another way, and an answer that depends on it differs.

import { spellImplicit } from '../../runtime/reply.ts'
import { ofEngine } from './watch.ts'
import { replaceClass } from './wrap.ts'

/** What the Fetch standard gives a text, a form (its section 5.2) and `Response.json` (5.5). */
const TYPES = [
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded;charset=UTF-8',
  'application/json',
]

/** What `Response` and `Request` give their bodies themselves. */
const OF_BODIES: (string | null)[] = TYPES.slice(0, 2)

const FIELD = 'content-type'
const OTHER = ';precast=implicit'

/** Watches bodies in this process, for good. `isOther`: spell their types in another way. */
export function watchTypes(isOther: boolean): void {
  const spelled = (type: string): string => (isOther ? type + OTHER : type)
  spellImplicit(spelled(TYPES[0]!))
  for (const name of ['Response', 'Request'] as const) {
    const native = globalThis[name]
    const watched = new Proxy(native, {
      construct(target, args: never[], newTarget) {
        const [body, init] = args as unknown[]
        if (name === 'Response' && isOdd(body, init))
          ofEngine('makes a Response of what hosts take differently')
        const made = Reflect.construct(target, args, newTarget) as Response | Request
        const found = made.headers.get(FIELD)
        // Bun adds a charset to the type of a text.
        if (body instanceof Blob && body.type !== '' && found?.startsWith(body.type))
          ofEngine('takes the type of a Blob, to which some hosts add')
        // Bun says it on the wire only.
        if (found === null && name === 'Response' && isText(body))
          made.headers.set(FIELD, spelled(TYPES[0]!))
        else if (isOther && OF_BODIES.includes(found)) made.headers.set(FIELD, spelled(found!))
        return made
      },
    })
    replaceClass(name, native, watched)
  }
  const { json } = {
    json(data: unknown, init?: ResponseInit): Response {
      const text = JSON.stringify(data)
      if (text === undefined) throw new TypeError('the value is not JSON serializable')
      const made = new Response(new TextEncoder().encode(text), init)
      if (!made.headers.has(FIELD)) made.headers.set(FIELD, spelled(TYPES[2]!))
      return made
    },
  }
  // Not to be defined anew on Bun.
  Response.json = json
}

/** Hono's escaped texts are objects. */
function isText(body: unknown): boolean {
  return typeof body === 'string' || body instanceof String
}

/** Statuses that have no body: some hosts refuse one, some drop it. */
const BODYLESS = new Set<unknown>([101, 204, 205, 304])

/** Whether hosts differ in what a Response with that body, or with that status, is. */
function isOdd(body: unknown, init: unknown): boolean {
  const status =
    typeof init === 'object' && init !== null
      ? Reflect.getOwnPropertyDescriptor(init, 'status')?.value
      : undefined
  if (status === 101) return true
  if (body === null || body === undefined) return false
  if (BODYLESS.has(status)) return true
  return !(
    isText(body) ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof ReadableStream ||
    body instanceof Blob ||
    body instanceof URLSearchParams ||
    body instanceof FormData
  )
}

/** A type as it is stored. */
export function storedType(type: string): string {
  const { length } = OTHER
  return type.endsWith(OTHER) && TYPES.includes(type.slice(0, -length))
    ? type.slice(0, -length)
    : type
}
