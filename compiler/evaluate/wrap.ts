// Objects and functions that note their use and otherwise behave as the ones behind them.

import { ambient } from './watch.ts'

type AnyFunction = (...args: never[]) => unknown

/** What reading a member means: null where it tells nothing. */
export type Judge = (key: string | symbol) => string | null

/**
 * A stand-in for `target` that notes reads of its members. Members that are functions run on
 * `target`. `replace` gives members of its own.
 */
export function watchedObject<T extends object>(
  target: T,
  judge: Judge,
  replace: Record<string, unknown> = {},
): T {
  const made = new Map<unknown, unknown>()
  const tell = (key: string | symbol): void => {
    const message = judge(key)
    if (message !== null) ambient(message)
  }
  const read = (key: string | symbol): unknown => {
    if (typeof key === 'string' && Object.hasOwn(replace, key)) return replace[key]
    const value = Reflect.get(target, key, target)
    if (typeof value !== 'function' || key === 'constructor') return value
    if (!made.has(value))
      made.set(
        value,
        onTarget(value as AnyFunction, () => proxy, target),
      )
    return made.get(value)
  }
  // The proxied object is empty, so that no invariant of frozen members binds the traps.
  const proxy: T = new Proxy(Object.create(Reflect.getPrototypeOf(target)) as T, {
    get(_, key) {
      tell(key)
      return read(key)
    },
    set(_, key, value) {
      tell(key)
      return Reflect.set(target, key, value)
    },
    has(_, key) {
      tell(key)
      return Reflect.has(target, key)
    },
    deleteProperty(_, key) {
      tell(key)
      return Reflect.deleteProperty(target, key)
    },
    ownKeys() {
      tell('*')
      return Reflect.ownKeys(target)
    },
    getOwnPropertyDescriptor(_, key) {
      tell(key)
      const found = Reflect.getOwnPropertyDescriptor(target, key)
      return (
        found && {
          value: read(key),
          writable: true,
          enumerable: found.enumerable ?? false,
          configurable: true,
        }
      )
    },
    defineProperty(_, key, descriptor) {
      tell(key)
      return Reflect.defineProperty(target, key, descriptor)
    },
  })
  return proxy
}

function onTarget(method: AnyFunction, self: () => unknown, target: object): unknown {
  return new Proxy(method, {
    apply: (_, receiver, args) =>
      Reflect.apply(method, receiver === self() ? target : receiver, args),
  })
}

/** A function that is told of each call before it happens. */
export function watchedFunction<T extends object>(target: T, tell: (args: unknown[]) => void): T {
  return new Proxy(target, {
    apply(_, receiver, args) {
      tell(args)
      return Reflect.apply(target as unknown as AnyFunction, receiver, args as never[])
    },
    construct(_, args, newTarget) {
      tell(args)
      return Reflect.construct(target as unknown as new () => object, args as never[], newTarget)
    },
  })
}

/** A function that is told of what each call made. */
export function watchedResult<T extends object>(target: T, tell: (made: object) => void): T {
  const told = (made: object): object => {
    tell(made)
    return made
  }
  return new Proxy(target, {
    apply: (_, receiver, args) =>
      told(Reflect.apply(target as unknown as AnyFunction, receiver, args as never[]) as object),
    construct: (_, args, newTarget) =>
      told(Reflect.construct(target as unknown as new () => object, args as never[], newTarget)),
  })
}

/** Puts a watching method in the place of `object[key]`, where there is one that can be replaced. */
export function watchMethod(
  object: object | undefined,
  key: string,
  tell: (args: unknown[], receiver: unknown) => void,
): void {
  const found = object && Reflect.getOwnPropertyDescriptor(object, key)
  if (!object || !found || typeof found.value !== 'function') return
  const method = found.value as AnyFunction
  const watched = new Proxy(method, {
    apply(_, receiver, args) {
      tell(args, receiver)
      return Reflect.apply(method, receiver, args)
    },
  })
  if (found.configurable) Reflect.defineProperty(object, key, { ...found, value: watched })
  else if (found.writable) Reflect.set(object, key, watched)
}

/** The same for a getter. */
export function watchGetter(object: object | undefined, key: string, tell: () => void): void {
  const found = object && Reflect.getOwnPropertyDescriptor(object, key)
  if (!object || !found?.get || !found.configurable) return
  const { get } = found
  Reflect.defineProperty(object, key, {
    ...found,
    get() {
      tell()
      return Reflect.apply(get, this, [])
    },
  })
}

/** Puts a watching class in the place of the global one, also where its instances lead back to it. */
export function replaceClass(name: string, native: { prototype: object }, watched: unknown): void {
  const { enumerable = false } = Reflect.getOwnPropertyDescriptor(globalThis, name) ?? {}
  const own = { configurable: true, writable: true, value: watched }
  Reflect.defineProperty(globalThis, name, { ...own, enumerable })
  Reflect.defineProperty(native.prototype, 'constructor', { ...own, enumerable: false })
}
