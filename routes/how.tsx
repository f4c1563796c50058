import { Layout } from './_components/layout.tsx'

const STAGES = [
  ['Scan', 'Reads the names of the files under routes/ and public/ and finds conflicts.'],
  ['Bundle', 'Turns TypeScript and JSX into plain modules that remember where they came from.'],
  ['Analyze', 'Reads the code of each handler and everything it calls. Runs nothing.'],
  [
    'Evaluate',
    'Runs what may be static at least twice, in isolation, under different clocks, seeds and environments, and watches what it reads.',
  ],
  ['Serialize', 'Makes status line, headers, ETag and compressed variants.'],
  ['Emit', 'Writes one table, one file of bytes and the modules that still have to run.'],
] as const

export default () => (
  <Layout
    title="How Precast works"
    description="Six stages from a folder of routes to bytes."
    here="/how"
    verdict="static"
  >
    <article class="prose">
      <h1>How it works</h1>
      <p>
        Most answers of most sites are the same for everyone. A server that computes them again for
        each visitor spends its time on work that was done before. Caches help, but a cache has to
        be told what may be kept and for how long, and it can be told wrong.
      </p>
      <p>
        Precast asks the program instead. A handler that reads no header, no clock, no random number
        and nothing another request can change has only one possible answer. That answer can be made
        at build, and it needs no expiry date.
      </p>
      <h2>A straight line</h2>
      <ol class="stages">
        {STAGES.map(([name, text]) => (
          <li>
            <strong>{name}</strong> {text}
          </li>
        ))}
      </ol>
      <h2>Two witnesses</h2>
      <p>
        Running a handler a few times proves little: it may change its mind at the thousandth call.
        Reading its code alone is careful to a fault. So both have to agree before a route becomes
        static, and a route may fall back to dynamic at any stage but never rise again.
      </p>
      <h2>What is stored</h2>
      <p>
        A static answer is kept whole: status, headers in order, body, and a smaller body for each
        of br, gzip and zstd where compression helps. Each variant has an ETag of its own. A second
        visit usually costs a <code>304</code> with no body.
      </p>
      <h2>What still runs</h2>
      <p>
        Everything else is a Hono application. The <a href="/clock">clock</a> reads the time, the{' '}
        <a href="/hello">form</a> reads what you type, and <code>/api/notes</code> keeps a list in
        memory. They run for each request, and the build says why.
      </p>
    </article>
  </Layout>
)
