// Randomness: every road to it notes the read. Numbers are made up, others in each variation, so that
// a read nobody saw shows as a difference.

import { ambient } from './watch.ts'
import { watchedObject, watchMethod } from './wrap.ts'

/** Replaces `Math.random` and `crypto`, in this process, for good. */
export function watchRandom(seed: number): void {
  // mulberry32: the same numbers on every host.
  let state = seed >>> 0
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  Object.defineProperty(Math, 'random', {
    configurable: true,
    writable: true,
    value() {
      ambient('reads randomness: Math.random()')
      return random()
    },
  })
  const real = globalThis.crypto
  const subtle = watchedObject(real.subtle, key => {
    if (
      typeof key === 'symbol' ||
      /^(digest|importKey|exportKey|verify|decrypt|unwrapKey|derive(Bits|Key))$/.test(key)
    )
      return null
    return `reads randomness: crypto.subtle.${key}()`
  })
  const watched = watchedObject(
    real,
    key =>
      typeof key === 'symbol' || key === 'subtle' ? null : `reads randomness: crypto.${key}()`,
    { subtle },
  )
  for (const key of ['getRandomValues', 'randomUUID']) {
    watchMethod(Crypto.prototype, key, () => ambient(`reads randomness: crypto.${key}()`))
  }
  for (const key of ['generateKey', 'sign', 'encrypt', 'wrapKey']) {
    watchMethod(SubtleCrypto.prototype, key, () =>
      ambient(`reads randomness: crypto.subtle.${key}()`),
    )
  }
  Object.defineProperty(globalThis, 'crypto', {
    configurable: true,
    writable: true,
    value: watched,
  })
}
