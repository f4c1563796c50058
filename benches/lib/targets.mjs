// What is wanted of the hosts, as a ratio of the CPU a request costs to what it costs another row.

/** Each: work, host, the other row (of the same work where none is named), the most it may be. */
const TARGETS = [
  ['page', 'bun', 'limit', 1.15],
  ['page', 'bun', 'bun-handler', 0.7],
  ['page', 'deno', 'deno-handler', 0.55],
  ['page', 'uws', 'limit', 1.2],
  ['hello', 'bun', 'fasthttp', 0.8],
  ['hello', 'bun', 'limit', 1.5],
  ['304', 'bun', 'bun', 1, 'page'],
  ['head', 'bun', 'bun', 1, 'page'],
  ['json', 'bun', 'bun-routes', 1],
  ['json', 'bun', 'hono-bun', 0.85],
  ['json', 'bun', 'elysia', 1],
  ['big', 'bun', 'nginx', 1.2],
  ['slow', 'bun', 'nginx', 1.2],
]

const ROUTES = 1.05

/** @returns `{ text, most, is }` for each target whose rows were measured */
export function targetsMet(works) {
  const row = (work, id) => works.find(({ name }) => name === work)?.rows.find(one => one.id === id)
  const met = []
  for (const [work, host, other, most, otherWork = work] of TARGETS) {
    const [own, base] = [row(work, host), row(otherWork, other)]
    if (!own || !base) continue
    const against = otherWork === work ? base.name : `the same host's ${otherWork}`
    met.push({ text: `${work}, \`${host}\` to ${against}`, most, is: own.cpu / base.cpu })
  }
  const { rows = [] } = works.find(({ name }) => name === 'routes') ?? {}
  const first = new Map()
  for (const one of rows) {
    if (!first.has(one.id)) first.set(one.id, one)
    else {
      const base = first.get(one.id)
      met.push({ text: `${one.name} to ${base.name}`, most: ROUTES, is: one.cpu / base.cpu })
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
