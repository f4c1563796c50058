// A run -> docs/speed.md between its markers, and docs/speed.svg.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { plot } from './plot.mjs'
import { markdownTable } from './table.mjs'
import { targetTable } from './targets.mjs'

const docs = name => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url))

const START = '<!-- node benches/http1.mjs --docs writes what follows -->'
const END = '<!-- up to here -->'

/** How often was measured; where that differs, which works. */
function times(works) {
  const names = new Map()
  for (const { name, turns, rounds, seconds } of works) {
    const text = `${turns} times ${rounds} rounds of ${seconds} s`
    names.set(text, [...(names.get(text) ?? []), name])
  }
  if (names.size === 1) return [...names.keys()][0]
  return [...names].map(([text, own]) => `${text} (${own.join(', ')})`).join(', ')
}

export function svgOf({ machine, works }) {
  return plot(works, {
    title: 'CPU of the server a request',
    note: `${machine.cpu}, ${machine.date}; medians; less is better; a slash: the bar is cut`,
  })
}

export function writeDocs(run) {
  const { machine, versions, works } = run
  const page = readFileSync(docs('speed.md'), 'utf8')
  const [before, rest] = page.split(START)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`docs/speed.md has no ${START} with ${END} behind it`)
  const list = Object.entries(versions)
    .filter(([name]) => !name.startsWith('Precast'))
    .map(([name, version]) => `${name}: ${version}`)
  const text = [
    `Measured on ${machine.date}: ${machine.cpu}, ${machine.memory}, ${machine.system}; ${machine.cores}.`,
    `Medians of ${times(works)}. ${list.join('; ')}.`,
    '',
    '![CPU of the server a request, a bar a contestant](speed.svg)',
    '',
    '### What is wanted',
    '',
    targetTable(works),
    ...works.flatMap(work => ['', `### ${work.title}`, '', markdownTable(work)]),
  ].join('\n')
  writeFileSync(docs('speed.md'), `${before}${START}\n\n${text}\n\n${END}${after}`)
  writeFileSync(docs('speed.svg'), svgOf(run))
}
