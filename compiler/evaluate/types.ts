// The media type that a host gives a body without being told. On the wire every host of ours sends the
// same, but what user code reads back differs: Bun shows none for a text and another one for JSON. So
// one variation spells it in another way, and an answer that depends on it differs.

import { spellImplicit } from '../../runtime/reply.ts'
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
        const made = Reflect.construct(target, args, newTarget) as Response | Request
        const found = made.headers.get(FIELD)
        // Bun says it on the wire only.
        if (found === null && name === 'Response' && typeof args[0] === 'string')
          made.headers.set(FIELD, spelled(TYPES[0]!))
        else if (isOther && OF_BODIES.includes(found)) made.headers.set(FIELD, spelled(found!))
        return made
      },
    })
    replaceClass(name, native, watched)
  }
  Reflect.defineProperty(Response, 'json', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: {
      json(data: unknown, init?: ResponseInit): Response {
        const text = JSON.stringify(data)
        if (text === undefined) throw new TypeError('the value is not JSON serializable')
        const made = new Response(new TextEncoder().encode(text), init)
        if (!made.headers.has(FIELD)) made.headers.set(FIELD, spelled(TYPES[2]!))
        return made
      },
    }.json,
  })
}

/** A type as it is stored. */
export function storedType(type: string): string {
  const { length } = OTHER
  return type.endsWith(OTHER) && TYPES.includes(type.slice(0, -length))
    ? type.slice(0, -length)
    : type
}
