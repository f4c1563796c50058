// The support table of one feature: a row for each browser, the current statement first.

import { raw } from 'hono/html'
import { browsers } from '../_lib/browsers.ts'
import type { Statement, Support } from '../_lib/reference.ts'

type Level = 'yes' | 'partly' | 'no'

function level(s: Statement): Level {
  if (s.added === false || s.removed !== undefined) return 'no'
  return s.partial || s.flag || s.prefix || s.name ? 'partly' : 'yes'
}

function versions(s: Statement): string {
  if (s.added === false) return 'No'
  return s.removed === undefined ? s.added : `${s.added} to ${s.removed}`
}

const Line = ({ statement: s }: { statement: Statement }) => (
  <div class={level(s)}>
    <b>{versions(s)}</b>
    {s.partial ? ' partial' : null}
    {s.prefix ? ` prefix ${s.prefix}` : null}
    {s.name ? ` as ${s.name}` : null}
    {s.flag ? ` behind ${s.flag}` : null}
    {s.notes?.map(note => (
      <p>{raw(note)}</p>
    ))}
  </div>
)

const statementsOf = (support: Support): Statement[] =>
  typeof support === 'object' ? support : [{ added: support }]

export const SupportTable = ({ support }: { support: Record<string, Support> }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">Browser</th>
        <th scope="col">Since version</th>
      </tr>
    </thead>
    <tbody>
      {browsers.map(browser => {
        const known = support[browser.id]
        return known !== undefined ? (
          <tr>
            <th scope="row">
              <a href={`/browsers/${browser.id}`}>{browser.name}</a>
            </th>
            <td>
              {statementsOf(known).map(statement => (
                <Line statement={statement} />
              ))}
            </td>
          </tr>
        ) : null
      })}
    </tbody>
  </table>
)
