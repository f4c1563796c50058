// URLs that hosts read differently: they follow different versions of the URL standard and of IDNA. What
// is not plainly the same everywhere is noted.

import { calledByChunk, ofEngine } from './watch.ts'
import { replaceClass, watchedFunction, watchMethod } from './wrap.ts'

/** A name of letters that are their own, with neither a number in the last place nor an `xn--`. */
const HOST = /^(?!(?:.*\.)?xn--)(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*\.?$/i
const FOUR_NUMBERS = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/
/** What follows the host: nothing that one standard escapes and another leaves. */
const REST = /^[\w\-.~!$&()*+,;=:@/?%#\u0080-\ud7ff\ue000-\uffff]*$/
const ABSOLUTE = /^(?:https?|wss?):\/\/([^/?#:@\\[\]]*)(?::\d{1,5})?(?=[/?#]|$)(.*)$/i

/** Watches the reading of URLs in this process, for good. */
export function watchUrls(): void {
  const native = globalThis.URL
  const judge = (what: string, [text, base]: unknown[]): void => {
    // The host's own code reads those of requests.
    if ((!isPlain(text) || (base !== undefined && !isPlain(base))) && calledByChunk())
      ofEngine(`reads a URL as the host does it: ${what}`)
  }
  const watched = watchedFunction(native, args => judge('new URL()', args))
  replaceClass('URL', native, watched)
  for (const key of ['canParse', 'parse'])
    watchMethod(native, key, args => judge(`URL.${key}()`, args))
  watchMethod(Response, 'redirect', ([url]) => judge('Response.redirect()', [url]))
  const { Request } = globalThis
  replaceClass(
    'Request',
    Request,
    watchedFunction(Request, ([input]) => {
      if (typeof input === 'string') judge('new Request()', [input])
    }),
  )
  for (const [key, found] of Object.entries(Object.getOwnPropertyDescriptors(native.prototype))) {
    const { set } = found
    if (!set || !found.configurable) continue
    const isWhole = key === 'href'
    Reflect.defineProperty(native.prototype, key, {
      ...found,
      set(value: unknown) {
        const text = String(value)
        const isKnown = isWhole
          ? isPlain(text)
          : /^[\w\-.~/?#&=+%]*$/.test(text) && key !== 'protocol'
        // Names and ports of hosts are looked at as in a whole URL.
        const isSame = isKnown && (!/^host/.test(key) || isPlain(`http://${text}`))
        if (!isSame && calledByChunk()) ofEngine(`reads a URL as the host does it: its ${key}`)
        Reflect.apply(set, this, [value])
      },
    })
  }
}

/** Whether every host reads it the same way, as a whole or in relation to a base. */
function isPlain(value: unknown): boolean {
  // A URL was looked at when it was made; a file's is that of a module.
  if (value instanceof URL) return true
  if (typeof value !== 'string') return false
  if (value.startsWith('file:///')) return true
  const absolute = ABSOLUTE.exec(value)
  if (absolute) {
    const [, host = '', rest = ''] = absolute
    return (HOST.test(host) || FOUR_NUMBERS.test(host)) && REST.test(rest)
  }
  return REST.test(value) && !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(value)
}
