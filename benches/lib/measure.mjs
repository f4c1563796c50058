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
 * @property {number} kernel those of them that the kernel took
 * @property {number} rate answers a second
 * @property {number} p50 @property {number} p90 @property {number} p99 microseconds
 * @property {number} before bytes resident before the rounds @property {number} peak the most in them
 * @property {number} ms from starting to listening
 */

/**
 * @param work of works.mjs
 * @param entries `{ contestant, site }`, in the order of the table; `asks`: a work of its own; `shares`:
 * one process for all of the same, so that what memory it got cannot tell one of them from another
 * @param options.turns how often each contestant is started anew: what memory a process got can make a
 * tenth of its cost
 * @param options.rounds in each turn
 * @returns {Promise<{ rows: Row[], skipped: { name: string, reason: string }[] }>}
 */
export async function measure(work, entries, { seconds, rounds, turns }) {
  const all = entries.map(entry => ({ ...entry, runs: [], starts: [], reason: null }))
  for (let turn = 0; turn < turns; turn++) await measureOnce(work, all, { seconds, rounds })
  return {
    rows: all.filter(({ reason }) => reason === null).map(rowOf),
    skipped: all
      .filter(({ reason }) => reason !== null)
      .map(({ contestant: { name }, reason }) => ({ name, reason })),
  }
}

async function measureOnce(work, all, { seconds, rounds }) {
  const running = []
  const servers = new Map()
  try {
    for (const one of all.filter(({ reason }) => reason === null)) {
      const { contestant, site, asks = work, shares = one } = one
      const own = asks.pathsOf ? { ...asks, paths: asks.pathsOf(site.count) } : asks
      try {
        const server = servers.get(shares) ?? (await contestant.start(site, own))
        servers.set(shares, server)
        running.push({ one, server, work: await verify(server, contestant, own, site) })
      } catch (error) {
        one.reason = String(error.message).split('\n')[0]
      }
    }
    // Even idle ones have timers, and twenty of them on one core are felt by whoever is asked.
    for (const server of servers.values()) server.hold()
    for (const started of running) {
      const { one, server } = started
      await server.release()
      await warm(started, seconds)
      server.forgetPeak()
      one.starts.push({ ms: server.ms, before: server.memory().now, peak: 0 })
      server.hold()
    }
    for (let round = 0; round < rounds; round++)
      for (const started of running) {
        await started.server.release()
        started.one.runs.push(await run(started, seconds))
        started.server.hold()
      }
    for (const { one, server } of running) one.starts.at(-1).peak = server.memory().peak
  } finally {
    for (const server of servers.values()) await server.stop()
  }
}

/** Answers after which engines have compiled what is hot; large bodies need few. */
const WARM = 20_000
const WARM_LARGE = 100

/** By answers too: on a busy machine a second may hold a few. Five turns are enough, though. */
async function warm({ server, work }, seconds) {
  const least = work.byBytes ? WARM_LARGE : WARM
  let answers = 0
  for (let turn = 0; turn < 3 || (turn < 5 && answers < least); turn++)
    answers += (await load(server.url, work.paths, seconds, work)).answers
}

async function run({ server, work }, seconds) {
  const before = server.cpu()
  const told = await load(server.url, work.paths, seconds * (work.longer ?? 1), work)
  const after = server.cpu()
  // Of large answers few come to their end while they are watched; what arrived of them counts.
  const answers = work.byBytes ? told.bytes / LARGE : told.answers
  return {
    ...told,
    cpu: (after.all - before.all) / answers,
    kernel: (after.kernel - before.kernel) / answers,
    rate: answers / told.seconds,
  }
}

function rowOf({ contestant, runs, starts }) {
  const { id, name, isOurs = false, isLimit = false } = contestant
  const row = { id, name, isOurs, isLimit }
  for (const key of ['cpu', 'kernel', 'rate', 'p50', 'p90', 'p99']) row[key] = medianOf(runs, key)
  for (const key of ['ms', 'before', 'peak']) row[key] = medianOf(starts, key)
  return row
}

function medianOf(list, key) {
  const numbers = list.map(one => one[key]).sort((a, b) => a - b)
  return numbers[numbers.length >> 1]
}
