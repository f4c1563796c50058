// What is wanted of the hosts, as a ratio of the CPU a request costs to what it costs another row.

/** Each: work, host, the other row, the most it may be. */
const TARGETS = [
  ['page', 'bun', 'limit', 1.15],
  ['page', 'bun', 'bun-handler', 0.7],
  ['page', 'deno', 'deno-handler', 0.55],
  ['page', 'uws', 'limit', 1.2],
  ['hello', 'bun', 'fasthttp', 0.8],
  ['hello', 'bun', 'limit', 1.5],
  ['json', 'bun', 'bun-routes', 1],
  ['json', 'bun', 'hono-bun', 0.85],
  ['json', 'bun', 'elysia', 1],
  ['big', 'bun', 'nginx', 1.2],
  ['slow', 'bun', 'nginx', 1.2],
]

/** Each: a work whose rows are hosts more than once, the most a later row may be of a host's first. */
const BESIDE_ITSELF = [
  ['kinds', 1],
  ['routes', 1.05],
]

/** @returns `{ text, most, is }` for each target whose rows were measured */
export function targetsMet(works) {
  const rowsOf = work => works.find(({ name }) => name === work)?.rows ?? []
  const met = []
  for (const [work, host, other, most] of TARGETS) {
    const [own, base] = [host, other].map(id => rowsOf(work).find(one => one.id === id))
    if (!own || !base) continue
    met.push({ text: `${work}, \`${host}\` to ${base.name}`, most, is: own.cpu / base.cpu })
  }
  for (const [work, most] of BESIDE_ITSELF) {
    const first = new Map()
    for (const one of rowsOf(work)) {
      const base = first.get(one.id)
      if (base) met.push({ text: `${one.name} to ${base.name}`, most, is: one.cpu / base.cpu })
      else first.set(one.id, one)
    }
  }
  return met
}

/** In Markdown. */
export function targetTable(works) {
  const lines = targetsMet(works).map(
    ({ text, most, is }) =>
      `| ${text} | ${most.toFixed(2)} | ${is.toFixed(3)} | ${is <= most ? 'yes' : 'no'} |`,
  )
  return [
    '| CPU a request | at most | measured | met |',
    '| --- | ---: | ---: | --- |',
    ...lines,
  ].join('\n')
}
