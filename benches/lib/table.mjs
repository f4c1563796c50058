// Measured works -> tables, for a terminal and in Markdown.

const COLUMNS = [
  ['CPU µs', row => micros(row.cpu)],
  ['of it kernel', row => micros(row.kernel)],
  ['of the limit', (row, base) => (base ? (row.cpu / base.cpu).toFixed(2) : '')],
  ['requests/s', row => Math.round(row.rate).toLocaleString('en')],
  ['p50 ms', row => millis(row.p50)],
  ['p90 ms', row => millis(row.p90)],
  ['p99 ms', row => millis(row.p99)],
  ['memory MB', row => mega(row.peak)],
  ['grew MB', row => mega(Math.max(0, row.peak - row.before))],
]

/** Rows of cells, the head first; the cheapest first. */
function cellsOf({ rows, isBesideItself }) {
  const limit = rows.find(row => row.isLimit)
  // Some hosts stand beside themselves: with few routes, with a whole page.
  const baseOf = row => (isBesideItself ? rows.find(one => one.id === row.id) : limit)
  const sorted = isBesideItself ? rows : [...rows].sort((a, b) => a.cpu - b.cpu)
  const titles = COLUMNS.map(([title]) =>
    isBesideItself && title === 'of the limit' ? 'of the first' : title,
  )
  return [
    ['', ...titles],
    ...sorted.map(row => [row.name, ...COLUMNS.map(([, cell]) => cell(row, baseOf(row)))]),
  ]
}

/** For a terminal. */
export function textTable(work) {
  const cells = cellsOf(work)
  const widths = cells[0].map((_, column) => Math.max(...cells.map(line => line[column].length)))
  const lines = cells.map(line =>
    line
      .map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  '),
  )
  return [`\n${work.title}`, ...lines, ...work.skipped.map(left)].join('\n')
}

/** In Markdown, ours in bold. */
export function markdownTable(work) {
  const [head, ...lines] = cellsOf(work)
  const ours = new Set(work.rows.filter(row => row.isOurs).map(row => row.name))
  const text = cells => `| ${cells.join(' | ')} |`
  return [
    text(head),
    text(head.map((_, column) => (column ? '---:' : '---'))),
    ...lines.map(([name, ...rest]) => text([ours.has(name) ? `**${name}**` : name, ...rest])),
    ...(work.skipped.length > 0 ? ['', ...work.skipped.map(one => `- ${left(one)}`)] : []),
  ].join('\n')
}

function left({ name, reason }) {
  return `${name} is left out: ${reason}`
}

function micros(number) {
  return number.toFixed(number < 100 ? 2 : 0)
}

function millis(micros) {
  if (micros === 0) return ''
  return (micros / 1000).toFixed(micros < 10_000 ? 2 : 0)
}

function mega(bytes) {
  return (bytes / 1e6).toFixed(0)
}
