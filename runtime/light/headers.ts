// Headers of a request or a response as Fetch shows them, made of what is known of their fields; the
// platform's own take their place once only that will do.

export const NativeHeaders = globalThis.Headers

/** How Node.js and Bun print a value. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** Where the fields are. Names are in lower case. */
export interface FieldSource {
  /** Several lines of one name are one value. */
  get(name: string): string | null
  /** In the order of Fetch: by name. */
  sorted(): [string, string][]
  /** Calls back in that order. */
  each(callback: (value: string, name: string) => void): void
  /** Replaces or adds a field; false where the platform's own have to. Absent: never. */
  set?(name: string, value: string): boolean
}

export class LightHeaders {
  readonly #fields: FieldSource
  #native: Headers | undefined

  constructor(fields: FieldSource) {
    this.#fields = fields
  }

  get(name: string): string | null {
    if (this.#native) return this.#native.get(name)
    return this.#fields.get(name) ?? this.#fields.get(lower(name))
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  getSetCookie(): string[] {
    return this.#own().getSetCookie()
  }

  append(name: string, value: string): void {
    this.#own().append(name, value)
  }

  set(name: string, value: string): void {
    if (!this.#native && this.#fields.set?.(name, value)) return
    this.#own().set(name, value)
  }

  delete(name: string): void {
    this.#own().delete(name)
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    const own = this as unknown as Headers
    const call = (value: string, name: string): void => callback.call(self, value, name, own)
    if (this.#native) this.#native.forEach(call)
    else this.#fields.each(call)
  }

  entries(): HeadersIterator<[string, string]> {
    const source = this.#native ?? this.#fields.sorted()
    return source[Symbol.iterator]() as HeadersIterator<[string, string]>
  }

  *keys(): Generator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): Generator<string> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.entries()
  }

  get [INSPECT](): unknown {
    return () => new NativeHeaders([...this.entries()])
  }

  get [Symbol.toStringTag](): string {
    return 'Headers'
  }

  #own(): Headers {
    this.#native ??= new NativeHeaders(this.#fields.sorted())
    return this.#native
  }

  /** Whether the platform's own have taken their place. */
  static isNative(headers: LightHeaders): boolean {
    return headers.#native !== undefined
  }

  static native(headers: LightHeaders): Headers {
    return headers.#own()
  }
}

// What only some platforms have, for their own use too, is asked of their own.
for (const name of Reflect.ownKeys(NativeHeaders.prototype)) {
  if (Object.hasOwn(LightHeaders.prototype, name)) continue
  Object.defineProperty(LightHeaders.prototype, name, {
    configurable: true,
    get(this: LightHeaders) {
      const headers = LightHeaders.native(this)
      const value = Reflect.get(headers, name)
      return typeof value === 'function' ? value.bind(headers) : value
    },
  })
}
Object.setPrototypeOf(LightHeaders.prototype, NativeHeaders.prototype)
// Who makes another of the same kind means Headers.
Reflect.deleteProperty(LightHeaders.prototype, 'constructor')

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

function lower(name: string): string {
  const text = String(name)
  // What is no name throws, as Fetch has it.
  if (!NAME.test(text)) new NativeHeaders().get(text)
  return text.toLowerCase()
}
