// Measured works -> one SVG: a panel a work, a bar a contestant, CPU a request from the left, the
// limit as a line. Drawn for a light and for a dark page.

const WIDTH = 900
const GAP = 28
const PANEL = (WIDTH - 3 * GAP) / 2
const BAR = 13
const STEP = 19
/** Pixels a letter of a name, where it is bold. */
const LETTER = 7.6
const VALUE = 62
const HEAD = 40

/** A bar longer than so many of the best is cut, so that the others can be told apart. */
const MOST = 6

export function plot(works, { title, note }) {
  const panels = works.filter(({ rows }) => rows.length > 0).map(panelOf)
  const columns = [[], []]
  const heights = [0, 0]
  for (const panel of panels) {
    const column = heights[0] <= heights[1] ? 0 : 1
    columns[column].push({ ...panel, at: heights[column] })
    heights[column] += panel.height + GAP
  }
  const top = 76
  const height = top + Math.max(...heights)
  const parts = columns.flatMap((column, index) =>
    column.map(
      ({ at, svg }) =>
        `<g transform="translate(${GAP + index * (PANEL + GAP)} ${top + at})">\n${svg}\n</g>`,
    ),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
svg { --paper: #fff; --ink: #1f2328; --soft: #59636e; --ours: #0b6e4f; --peer: #aab4c0; --limit: #c4421a; --rule: #d1d9e0 }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --ours: #3fb984; --peer: #4d5763; --limit: #ff8a5c; --rule: #3d444d }
}
text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: var(--ink) }
.title { font-size: 17px; font-weight: 600 }
.head { font-weight: 600 }
.soft { fill: var(--soft) }
.end { text-anchor: end }
.ours { fill: var(--ours) }
.peer { fill: var(--peer) }
.limit { fill: var(--limit) }
text.ours { font-weight: 600 }
.line { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 3 3 }
.rule { stroke: var(--rule) }
.cut { stroke: var(--paper); stroke-width: 3 }
</style>
<rect width="${WIDTH}" height="${height}" rx="8" fill="var(--paper)"/>
<text class="title" x="${GAP}" y="34">${escaped(title)}</text>
<text class="soft" x="${GAP}" y="55">${escaped(note)}</text>
${parts.join('\n')}
</svg>
`
}

function panelOf({ title, rows, isBesideItself }) {
  const sorted = isBesideItself ? rows : [...rows].sort((a, b) => a.cpu - b.cpu)
  const limit = rows.find(row => row.isLimit)
  const costs = rows.map(row => row.cpu)
  const full = Math.min(Math.max(...costs), Math.min(...costs) * MOST)
  const names = Math.round(Math.max(...rows.map(row => row.name.length)) * LETTER)
  const room = PANEL - names - VALUE
  const lengthOf = cost => (Math.min(cost, full) / full) * room
  const lines = wrapped(title)
  const top = HEAD + (lines.length - 1) * 15 - 12
  const parts = lines.map(
    (line, i) => `<text class="head" y="${12 + i * 15}">${escaped(line)}</text>`,
  )
  const bottom = top + sorted.length * STEP
  parts.push(`<line class="rule" x1="${names}" x2="${names}" y1="${top - 3}" y2="${bottom}"/>`)
  for (const [i, row] of sorted.entries()) {
    const y = top + i * STEP
    const kind = row.isLimit ? 'limit' : row.isOurs ? 'ours' : 'peer'
    const length = round(lengthOf(row.cpu))
    const middle = y + BAR / 2 + 4
    parts.push(
      `<text class="end ${row.isOurs ? 'ours' : ''}" x="${names - 7}" y="${middle}">${escaped(row.name)}</text>`,
      `<rect class="${kind}" x="${names}" y="${y}" width="${length}" height="${BAR}" rx="2"/>`,
      `<text x="${round(names + length + 6)}" y="${middle}">${row.cpu.toFixed(row.cpu < 100 ? 2 : 0)} µs</text>`,
    )
    if (row.cpu > full * 1.001) {
      const x = names + length - 14
      parts.push(`<line class="cut" x1="${x}" x2="${x + 6}" y1="${y + BAR + 1}" y2="${y - 1}"/>`)
    }
  }
  if (limit) {
    const x = round(names + lengthOf(limit.cpu))
    parts.push(`<line class="line" x1="${x}" x2="${x}" y1="${top - 3}" y2="${bottom}"/>`)
  }
  return { svg: parts.join('\n'), height: bottom }
}

/** A title in lines that fit above a panel; some 60 letters do. */
function wrapped(text) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trim()
    if (line.length > 60) lines.push(word)
    else lines[lines.length - 1] = line
  }
  return lines
}

function round(number) {
  return Math.round(number * 10) / 10
}

function escaped(text) {
  return text.replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`)
}
