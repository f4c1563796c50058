// The `uws` host around an app that says what it saw. Started by uws.ts, by whatever loads the library
// here, with the path to listen on; a line a connection on its standard output; ends with its input.

import { listen } from '../../runtime/hosts/uws.ts'
import { type Library, loadLibrary } from '../../runtime/hosts/uws-library.ts'
import { LIMITS } from '../../runtime/http1/limits.ts'
import { Reply } from '../../runtime/static.ts'

const loaded = loadLibrary(new URL('.', import.meta.url))
if (typeof loaded === 'string') throw new Error(loaded)

type UnixApp = ReturnType<Library['App']> & {
  listen_unix(callback: (socket: object | false) => void, path: string): void
}

/** A unix socket: a connection costs a third of one to a port, and no port waits for two minutes. */
const library: Library = {
  ...loaded,
  App() {
    const app = loaded.App() as UnixApp
    app.listen = (_host, _port, _options, callback) => {
      app.listen_unix(callback, process.argv[2]!)
      return app
    }
    return app
  },
  us_socket_local_port: () => 0,
}

const answer = new Reply(200, new Uint8Array(0), new Uint8Array(0), [['Content-Length', '0']])

/** What was seen since the last turn of the event loop. */
let lines = ''
let seen: [string, string][] = []
let id = ''

/** All of a connection comes in one piece, which begins with a request that names it. */
function note(method: string, target: string): void {
  if (target.startsWith('/connection/')) {
    flush()
    id = target.slice(12)
    setImmediate(write)
  } else seen.push([method, target])
}
function flush(): void {
  if (id !== '') lines += `${id} ${JSON.stringify(seen)}\n`
  seen = []
  id = ''
}
function write(): void {
  flush()
  if (lines !== '') process.stdout.write(lines)
  lines = ''
}

await listen(
  library,
  {
    static(method, target) {
      note(method, target)
      return answer
    },
    handler: () => null,
    fetch(request, _env, _ctx, target) {
      note(request.method, target!)
      return new Response('', { headers: { 'content-length': '0' } })
    },
  },
  {
    hostname: '',
    port: 0,
    shared: true,
    unix: undefined,
    tls: undefined,
    limits: LIMITS,
    websockets: false,
  },
)
console.log('ready')
process.stdin.on('end', () => process.exit(0)).resume()
