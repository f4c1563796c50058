// Bun gives the body of `new Response('text')` its type on the wire only, where `headers` does not
// show it. A response is kept with what its headers say, so here they say it, as on every other host.

const Native = globalThis.Response

if (new Native('').headers.get('content-type') === null) {
  globalThis.Response = new Proxy(Native, {
    construct(target, args: ConstructorParameters<typeof Response>, newTarget) {
      const response = Reflect.construct(target, args, newTarget) as Response
      if (typeof args[0] === 'string' && !response.headers.has('content-type')) {
        response.headers.set('content-type', 'text/plain;charset=UTF-8')
      }
      return response
    },
  })
}
