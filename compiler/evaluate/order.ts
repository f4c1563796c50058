// Promises of the host settle when its threads are done, or after as many turns as its own code takes:
// in which order is not laid down. One variation keeps the order in which they were asked for, the
// other turns it round and lets everything else run first, so that whoever depends on it answers
// differently.

// Taken before they are watched.
const wait = globalThis.setTimeout
const { then } = Promise.prototype

/** Milliseconds that a settled promise waits for others at most: these may need it to go on. */
const PATIENCE = 50

interface Held {
  /** Hands on how it settled; undefined as long as it has not. */
  release: (() => void) | undefined
}

const HELD: [string, string][] = [
  ...'digest importKey exportKey verify decrypt unwrapKey deriveBits deriveKey'
    .split(' ')
    .map((key): [string, string] => ['SubtleCrypto', key]),
  ...['Blob', 'Response', 'Request'].flatMap(name =>
    'text json arrayBuffer bytes blob formData'
      .split(' ')
      .map((key): [string, string] => [name, key]),
  ),
]

/** Puts the promises of the host into an order of our own, in this process, for good. */
export function watchOrder(isTurned: boolean): void {
  const queue: Held[] = []
  let isPatient = false

  const release = (): void => {
    const next = isTurned ? queue.findLast(isSettled) : queue[0]
    if (!next) return
    if (next.release && (!isTurned || queue.every(isSettled))) {
      pass(next)
      return
    }
    if (isPatient) return
    isPatient = true
    wait(() => {
      isPatient = false
      const found = isTurned ? queue.findLast(isSettled) : queue.find(isSettled)
      if (found) pass(found)
    }, PATIENCE)
  }
  const pass = (held: Held): void => {
    queue.splice(queue.indexOf(held), 1)
    held.release!()
    if (queue.length === 0) return
    if (isTurned) wait(release, 0)
    else release()
  }

  const hold = (promise: Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const held: Held = { release: undefined }
      queue.push(held)
      const settle = (done: () => void): void => {
        held.release = done
        if (isTurned) wait(release, 0)
        else release()
      }
      Reflect.apply(then, promise, [
        (value: unknown) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      ])
    })

  const all = globalThis as unknown as Record<string, { prototype: object } | undefined>
  for (const [name, key] of HELD) {
    const prototype = all[name]?.prototype
    const found = prototype && Reflect.getOwnPropertyDescriptor(prototype, key)
    if (!prototype || typeof found?.value !== 'function' || !found.configurable) continue
    Reflect.defineProperty(prototype, key, {
      ...found,
      value: new Proxy(found.value, {
        apply: (method, self, args) => hold(Reflect.apply(method, self, args)),
      }),
    })
  }
}

function isSettled(held: Held): boolean {
  return held.release !== undefined
}
