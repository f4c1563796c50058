import { Badge, Layout } from './_components/layout.tsx'
import { expected } from './_data/verdicts.ts'

export default () => (
  <Layout
    title="Verdicts of this site"
    description="What the compiler made of each route here."
    here="/verdicts"
    verdict="static"
  >
    <article>
      <h1>What became of each route</h1>
      <p>
        This site has a route of every kind. <code>precast explain</code> prints the same list, with
        file, line and column for each route that is not static.
      </p>
      <div class="scroll">
        <table class="verdicts">
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Path</th>
              <th scope="col">Verdict</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {expected.map(row => (
              <tr>
                <td>{row.method}</td>
                <td>
                  <code>{row.path}</code>
                </td>
                <td>
                  <Badge verdict={row.verdict} />
                </td>
                <td>{row.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </article>
  </Layout>
)
