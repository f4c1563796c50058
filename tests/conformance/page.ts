// What the suite found, and what the peers' run found -> the tables of docs/conformance.md. Runs
// nothing, and leaves the prose of the page alone.

import { readFileSync } from 'node:fs'
import { HOSTS } from '../lib/servers.ts'
import { limits } from './limits.ts'
import { chapters, type Rule, type RuleId, rules } from './rules.ts'
import type { Count, Tally } from './tally.ts'

/** What `peers/run.ts` writes. */
export interface Peers {
  /** Day of the run. */
  date: string
  servers: Peer[]
  /** Names of the cases of each rule. */
  asked: Record<string, string[]>
}

export interface Peer {
  name: string
  version: string
  /** What it has nothing of, so that rules which need it say nothing of it. */
  lacks: NonNullable<Rule['needs']>[]
  /** Name of a case -> what was wrong. */
  failed: Record<string, string>
}

/** The last run of the peers. */
export function readPeers(): Peers {
  return JSON.parse(readFileSync(new URL('peers/results.json', import.meta.url), 'utf8'))
}

/** The page with its tables made anew. */
export function withMatrix(page: string, tally: Tally, peers: Peers): string {
  const parts = {
    peers: peersOf(peers),
    matrix: matrix(tally, peers),
    limits: limitsOf(),
    failures: failuresOf(peers),
  }
  return Object.entries(parts).reduce((text, [name, made]) => replaced(text, name, made), page)
}

function replaced(text: string, name: string, made: string): string {
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [start, end] = [text.indexOf(open), text.indexOf(close)]
  if (start < 0 || end < start) throw new Error(`docs/conformance.md has no ${open}`)
  return `${text.slice(0, start + open.length)}${made}${text.slice(end)}`
}

function peersOf({ date, servers }: Peers): string {
  const names = servers.map(({ name, version }) => `${name} ${version}`)
  return `Asked on ${date}: ${names.join(', ')}.\n`
}

function matrix(tally: Tally, peers: Peers): string {
  const names = [...HOSTS, ...peers.servers.map(({ name }) => name)]
  const lines: string[] = []
  for (const [chapter, rules] of Object.entries(chapters)) {
    lines.push(`### ${chapter}`, '', `| rule | where | cases | ${names.join(' | ')} |`)
    lines.push(`| --- | --- | --- |${' --- |'.repeat(names.length)}`)
    for (const [id, rule] of Object.entries(rules) as [RuleId, Rule][]) {
      const cells = [
        ...HOSTS.map(host => ours(tally.of(host, id))),
        ...peers.servers.map(peer => mark(countOf(peer, id, rule, peers))),
      ]
      const cases = tally.of('fetch', id).asked
      lines.push(`| ${rule.statement} | ${rule.section} | ${cases} | ${cells.join(' | ')} |`)
    }
    lines.push('')
  }
  return `\n${lines.join('\n')}`
}

function countOf(peer: Peer, id: RuleId, rule: Rule, { asked }: Peers): Count {
  const names = rule.needs && peer.lacks.includes(rule.needs) ? [] : (asked[id] ?? [])
  return { asked: names.length, held: names.filter(name => !(name in peer.failed)).length }
}

function mark({ asked, held }: Count): string {
  if (asked === 0) return '–'
  if (held === asked) return '✓'
  return held === 0 ? '✗' : `${held}/${asked}`
}

/** What one of ours does not hold is in `limits`, or the suite fails. */
function ours(count: Count): string {
  return count.held < count.asked ? `${mark(count)}*` : mark(count)
}

function limitsOf(): string {
  const lines = Object.entries(limits).flatMap(([host, cases]) =>
    Object.entries(cases).map(([name, why]) => `| ${host} | ${name} | ${why} |`),
  )
  return `| host | case | why |\n| --- | --- | --- |\n${lines.join('\n')}\n`
}

function failuresOf({ servers, asked }: Peers): string {
  const lines: string[] = []
  for (const { name, failed, version, lacks } of servers) {
    lines.push(`### ${name} ${version}`, '', '| where | case | answer |', '| --- | --- | --- |')
    for (const [id, names] of Object.entries(asked)) {
      const { section, needs } = rules[id as RuleId]
      if (needs && lacks.includes(needs)) continue
      for (const one of names)
        if (one in failed) lines.push(`| ${section} | ${cell(one)} | ${cell(failed[one]!)} |`)
    }
    lines.push('')
  }
  return `\n${lines.join('\n')}`
}

/** As code, since it may hold anything. */
function cell(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``
}
