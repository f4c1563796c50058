// What a value is in itself, whatever it was made to look like.

const sizeOfMap = Reflect.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!
const sizeOfSet = Reflect.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!

/** Whether it is a Map itself, not only made to look like one. */
export function isMap(value: object): value is Map<unknown, unknown> {
  return value instanceof Map && answers(sizeOfMap, value)
}

/** Whether it is a Set itself. */
export function isSet(value: object): value is Set<unknown> {
  return value instanceof Set && answers(sizeOfSet, value)
}

function answers(getter: () => unknown, value: object): boolean {
  try {
    Reflect.apply(getter, value, [])
    return true
  } catch {
    return false
  }
}

export function isCollection(value: object): boolean {
  return isMap(value) || isSet(value)
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
