// What a request costs the server, beside the least that it can cost and beside other servers. Each
// contestant is a process of its own on core 0, the client is on core 1; answers are verified before,
// byte by byte; every round asks each contestant once, and every turn starts them anew.
//   node benches/http1.mjs [--works page,hello,304,head,kinds,json,big,slow,routes]
//     [--hosts bun,deno,node,uws,…] [--peers limit,nginx,…|none]
//     [--seconds N] [--rounds N] [--turns N] [--routes N] [--sizes 10,100000] [--reuse] [--brief]
//     [--json FILE] [--svg FILE] [--docs] [--from FILE,…] [--assert]
// --peers: who stands beside the hosts (default: all). --reuse: takes the projects of the last run.
// --brief: a second a contestant, to see that all works. --json, --svg: where the run goes; --docs:
// into docs/speed.md. --from: draws runs from their JSON, measures nothing; works of a later file take the
// place of those of an earlier one. --assert: exits 1 where less than what is wanted was reached.
// CPU is utime + stime of /proc/PID/stat over the answers, in microseconds; medians.

import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { contestantsOf, HOSTS } from './lib/contestants.mjs'
import { svgOf, writeDocs } from './lib/docs.mjs'
import { compiled } from './lib/load.mjs'
import { machine, versions } from './lib/machine.mjs'
import { measure } from './lib/measure.mjs'
import { makeProject, writeTable } from './lib/project.mjs'
import { textTable } from './lib/table.mjs'
import { targetsMet } from './lib/targets.mjs'
import { routesWork, worksOf } from './lib/works.mjs'

const KINDS = { title: 'A page beside its 304 and its HEAD', isBesideItself: true }
const WORKS = 'page,hello,304,head,kinds,json,big,slow,routes'

const { values } = parseArgs({
  options: {
    works: { type: 'string', default: WORKS },
    hosts: { type: 'string', default: HOSTS.join(',') },
    peers: { type: 'string', default: 'all' },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    turns: { type: 'string' },
    routes: { type: 'string', default: '10000' },
    sizes: { type: 'string', default: '10,100000' },
    reuse: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    json: { type: 'string' },
    svg: { type: 'string' },
    docs: { type: 'boolean', default: false },
    from: { type: 'string' },
    assert: { type: 'boolean', default: false },
  },
})

const run = values.from ? runFrom(values.from.split(',')) : await measureAll()
if (values.from) for (const work of run.works) console.log(textTable(work))
if (values.json) writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`)
if (values.svg) writeFileSync(values.svg, svgOf(run))
if (values.docs) writeDocs(run)
console.log()
const targets = targetsMet(run.works)
for (const { text, most, is } of targets)
  console.log(`${is <= most ? 'met   ' : 'missed'} ${text}: ${is.toFixed(3)}, wanted ${most}`)
const isShort = targets.some(({ is, most }) => is > most)
process.exit(values.assert && isShort ? 1 : 0)

/** A work is one interleaved run by itself, so that one which something disturbed can be measured again. */
function runFrom(files) {
  const runs = files.map(file => JSON.parse(readFileSync(file, 'utf8')))
  const all = runs.flatMap(({ works }) => works)
  const found = WORKS.split(',').map(name => all.findLast(work => work.name === name))
  return { ...runs[0], works: found.filter(Boolean) }
}

async function measureAll() {
  const seconds = Number(values.seconds ?? (values.brief ? 1 : 0.5))
  const rounds = Number(values.rounds ?? (values.brief ? 1 : 7))
  const turns = Number(values.turns ?? (values.brief ? 1 : 2))
  const hosts = values.hosts === 'none' ? [] : values.hosts.split(',')
  const contestants = contestantsOf(hosts, othersOf(values.peers))
  // Without it nothing can be measured; better to say so before the projects are built.
  compiled('load')
  const here = machine()
  const result = {
    machine: here,
    versions: versions(contestants),
    works: [],
  }
  console.log(
    `${turns} times ${rounds} rounds of ${seconds} s, ${values.routes} routes, ${here.cpu}, ${here.cores}`,
  )
  const names = values.works.split(',')
  const site = names.some(name => name !== 'routes') ? await makeSite() : null
  const works = worksOf(Number(values.routes))
  for (const name of names) {
    const ours = contestants.filter(({ isOurs }) => isOurs)
    let work = works.find(one => one.name === name)
    let entries = contestants
      .filter(one => one.works.includes(name))
      .map(one => ({ contestant: one, site }))
    if (name === 'routes') {
      work = routesWork(sizes())
      entries = await withSizes(ours)
    } else if (name === 'kinds') {
      work = KINDS
      entries = withKinds(ours, works, site)
    }
    if (!work) throw new Error(`${name} is none of ${WORKS}`)
    const measured = await measure(work, entries, { seconds, rounds, turns })
    const { title, isBesideItself = false } = work
    Object.assign(measured, { name, title, isBesideItself, turns, rounds, seconds })
    console.log(textTable(measured))
    result.works.push(measured)
  }
  return result
}

function othersOf(peers) {
  if (peers === 'all') return 'all'
  return peers === 'none' ? [] : peers.split(',')
}

async function makeSite() {
  const dir = join(tmpdir(), `precast-bench-site-${values.routes}`)
  const site = await makeProject(dir, Number(values.routes), { reuse: values.reuse })
  return { ...site, table: await writeTable(site) }
}

function sizes() {
  return values.sizes.split(',').map(Number)
}

/** Each host once for each kind of answer to a page, in one process. */
function withKinds(hosts, works, site) {
  const kinds = [
    ['page', '200'],
    ['304', '304'],
    ['head', 'HEAD'],
  ]
  return hosts.flatMap(host =>
    kinds.map(([name, title]) => ({
      contestant: { ...host, name: `${host.id}, ${title}` },
      site,
      shares: host.id,
      asks: works.find(one => one.name === name),
    })),
  )
}

/** Each host once for each size, with a project of that many routes. */
async function withSizes(hosts) {
  const sites = []
  for (const size of sizes()) {
    const dir = join(tmpdir(), `precast-bench-routes-${size}`)
    sites.push(await makeProject(dir, size, { reuse: values.reuse, isSmall: true }))
  }
  return hosts.flatMap(host =>
    sites.map(site => {
      const name = `${host.id}, ${site.count.toLocaleString('en')} routes`
      return { contestant: { ...host, name }, site }
    }),
  )
}
