// Measured works -> tables, for a terminal and in Markdown.

const COLUMNS = [
  ['CPU µs', row => row.cpu.toFixed(row.cpu < 100 ? 2 : 0)],
  ['of the limit', (row, base) => (base ? (row.cpu / base.cpu).toFixed(2) : '')],
  ['requests/s', row => Math.round(row.rate).toLocaleString('en')],
  ['p50 ms', row => millis(row.p50)],
  ['p90 ms', row => millis(row.p90)],
  ['p99 ms', row => millis(row.p99)],
  ['memory MB', row => mega(row.peak)],
  ['grew MB', row => mega(Math.max(0, row.peak - row.before))],
]

/** Rows of cells, the head first; the cheapest first. */
function cellsOf({ name, rows }) {
  const isRoutes = name === 'routes'
  const limit = rows.find(row => row.isLimit)
  // Each host with many routes stands beside itself with few.
  const baseOf = row => (isRoutes ? rows.find(one => one.name.startsWith(`${row.id},`)) : limit)
  const sorted = isRoutes ? rows : [...rows].sort((a, b) => a.cpu - b.cpu)
  const titles = COLUMNS.map(([title]) =>
    isRoutes && title === 'of the limit' ? 'of the fewest' : title,
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

function millis(micros) {
  if (micros === 0) return ''
  return (micros / 1000).toFixed(micros < 10_000 ? 2 : 0)
}

function mega(bytes) {
  return (bytes / 1e6).toFixed(0)
}
