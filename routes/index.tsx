import { Code } from './_components/code.tsx'
import { Badge, Layout } from './_components/layout.tsx'

const SERVER = `import type { Context } from 'hono'

export const GET = (c: Context) =>
  c.json({ ok: true })

export const POST = async (c: Context) =>
  c.text(await c.req.text(), 201)`

const BUILD = `static   GET   /api/ping  11 B
dynamic  POST  /api/ping  not GET or HEAD`

export default () => (
  <Layout
    title="Precast: an HTTP server that does the work before the request"
    description="Precast proves which routes never change and serves them as finished bytes."
    here="/"
    verdict="static"
  >
    <section class="hero">
      <h1>Do the work before the request.</h1>
      <p class="lead">
        Precast turns a folder of routes into an HTTP server. Its compiler proves which answers can
        never change, makes them once, down to the bytes on the wire, and keeps running your code
        for the rest.
      </p>
      <p class="actions">
        <a class="button" href="/how">
          How it works
        </a>
        <a href="/verdicts">See what became of each route here</a>
      </p>
    </section>

    <section class="pair">
      <div>
        <h2>You write a handler</h2>
        <p>
          Route modules are plain <a href="https://hono.dev">Hono</a>: a file is a URL, an export is
          a method, JSX needs no set-up.
        </p>
        <Code file="routes/api/ping.ts">{SERVER}</Code>
      </div>
      <div>
        <h2>The build tells you what it is</h2>
        <p>
          No flags, no list of pages. Each route gets a verdict, and each that is not static gets a
          reason with file, line and column.
        </p>
        <Code file="precast build">{BUILD}</Code>
      </div>
    </section>

    <section>
      <h2>Three verdicts</h2>
      <dl class="cards">
        <div>
          <dt>
            <Badge verdict="static" />
          </dt>
          <dd>
            The same bytes for every request. Stored with their headers and in up to four encodings;
            serving one is a look-up and a write.
          </dd>
        </div>
        <div>
          <dt>
            <Badge verdict="template" />
          </dt>
          <dd>
            Fixed bytes with values of the request put in, escaped as the handler does it. No user
            code runs.
          </dd>
        </div>
        <div>
          <dt>
            <Badge verdict="dynamic" />
          </dt>
          <dd>
            Your handler runs. When in doubt a route is dynamic: a wrong “static” would be a bug, a
            wrong “dynamic” only costs time.
          </dd>
        </div>
      </dl>
    </section>

    <section>
      <h2>The same answer on every host</h2>
      <p>
        One build starts on Bun, Deno, uWebSockets.js and Node, and exports a plain{' '}
        <code>fetch</code> for everything else. The folder it writes is all that a server needs.
      </p>
      <Code>{'npm ci\nnpm start'}</Code>
    </section>
  </Layout>
)
