// Measures one work: starts and verifies the contestants, asks each in turn in every round, and gives
// medians. Who cannot be started or answers wrong is left out, with the reason.

import { load } from './load.mjs'
import { LARGE } from './project.mjs'
import { verify } from './verify.mjs'

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} name
 * @property {boolean} isOurs
 * @property {boolean} isLimit
 * @property {number} cpu microseconds of the server's CPU an answer
 * @property {number} rate answers a second
 * @property {number} p50 @property {number} p90 @property {number} p99 microseconds
 * @property {number} before bytes resident before the rounds @property {number} peak the most in them
 * @property {number} ms from starting to listening
 */

/**
 * @param work of works.mjs
 * @param entries `{ contestant, site }`, in the order of the table
 * @returns {Promise<{ rows: Row[], skipped: { name: string, reason: string }[] }>}
 */
export async function measure(work, entries, { seconds, rounds }) {
  const running = []
  const skipped = []
  try {
    for (const { contestant, site } of entries) {
      const leaveOut = reason =>
        skipped.push({ name: contestant.name, reason: String(reason).split('\n')[0] })
      const own = work.pathsOf ? { ...work, paths: work.pathsOf(site.count) } : work
      let server
      try {
        server = await contestant.start(site, own)
        const verified = await verify(server, contestant, own, site)
        running.push({ contestant, server, work: verified, runs: [] })
      } catch (error) {
        await server?.stop()
        leaveOut(error.message)
      }
    }
    for (const one of running) await warm(one, seconds)
    for (const one of running) {
      one.server.forgetPeak()
      one.before = one.server.memory().now
    }
    for (let round = 0; round < rounds; round++)
      for (const one of running) one.runs.push(await run(one, seconds))
    return { rows: running.map(rowOf), skipped }
  } finally {
    for (const { server } of running) await server.stop()
  }
}

/** Answers after which engines have compiled what is hot; large bodies need few. */
const WARM = 20_000
const WARM_LARGE = 100

/** By answers, not by time: on a busy machine a second may hold a few. Five turns are enough, though. */
async function warm({ server, work }, seconds) {
  let answers = 0
  for (let turn = 0; turn < 5 && answers < (work.byBytes ? WARM_LARGE : WARM); turn++)
    answers += (await load(server.url, work.paths, seconds, work)).answers
}

async function run({ server, work }, seconds) {
  const before = server.cpu()
  const told = await load(server.url, work.paths, seconds * (work.longer ?? 1), work)
  const cpu = server.cpu() - before
  // Of large answers few come to their end while they are watched; what arrived of them counts.
  const answers = work.byBytes ? told.bytes / LARGE : told.answers
  return { ...told, cpu: cpu / answers, rate: answers / told.seconds }
}

function rowOf({ contestant, server, runs, before }) {
  const of = key => median(runs.map(one => one[key]))
  const { id, name, isOurs = false, isLimit = false } = contestant
  const row = { id, name, isOurs, isLimit, cpu: of('cpu'), rate: of('rate') }
  for (const key of ['p50', 'p90', 'p99']) row[key] = of(key)
  return { ...row, before, peak: server.memory().peak, ms: server.ms }
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
}
