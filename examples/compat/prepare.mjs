// Reads the npm package @mdn/browser-compat-data and writes what this site shows of it to data/:
// features.txt (a line each: path, tab, JSON) and browsers.txt. `--limit N` keeps about N features,
// spread over all sections, for quick builds.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { limit: { type: 'string' } } })
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit)
if (!(limit > 0)) {
  console.error('--limit takes a positive number')
  process.exit(2)
}

const { resolve } = createRequire(import.meta.url)
const source = JSON.parse(readFileSync(resolve('@mdn/browser-compat-data'), 'utf8'))
const { __meta: meta, browsers, ...sections } = source

const total = Object.values(sections).reduce((sum, tree) => sum + count(tree), 0)
const share = Math.min(1, limit / total)

const lines = []
for (const [name, tree] of Object.entries(sections)) {
  const rows = []
  walk(tree, name, rows)
  // The first features of a section in the order of the tree, so that parents come along.
  lines.push(...rows.slice(0, Math.max(1, Math.round(rows.length * share))))
}

const known = Object.entries(browsers).map(([id, browser]) => ({
  id,
  name: browser.name,
  type: browser.type,
  releases: Object.entries(browser.releases)
    .map(([version, release]) => ({
      version,
      date: release.release_date ?? null,
      status: release.status,
      engine: release.engine ? `${release.engine} ${release.engine_version ?? ''}`.trim() : null,
      index: release.index,
    }))
    .sort((a, b) => b.index - a.index)
    .map(({ index, ...release }) => release),
}))

const out = new URL('data/', import.meta.url)
mkdirSync(out, { recursive: true })
writeFileSync(new URL('features.txt', out), `${lines.join('\n')}\n`)
writeFileSync(
  new URL('browsers.txt', out),
  JSON.stringify({ version: meta.version, timestamp: meta.timestamp, browsers: known }),
)
console.log(`data/: ${lines.length} entries of @mdn/browser-compat-data ${meta.version}`)

function count(tree) {
  let sum = 1
  for (const [key, child] of Object.entries(tree)) if (key !== '__compat') sum += count(child)
  return sum
}

/** A line for `tree` and, in order, for all below it. Groups without data of their own have `{}`. */
function walk(tree, path, rows) {
  rows.push(`${path}\t${JSON.stringify(tree.__compat ? entry(tree.__compat) : {})}`)
  for (const [key, child] of Object.entries(tree))
    if (key !== '__compat') walk(child, `${path}/${key}`, rows)
}

function entry(compat) {
  const { experimental, deprecated, standard_track } = compat.status ?? {}
  const status = []
  if (experimental) status.push('experimental')
  if (deprecated) status.push('deprecated')
  if (standard_track === false) status.push('non-standard')
  return drop({
    description: compat.description && markup(compat.description),
    mdn: compat.mdn_url,
    specs: list(compat.spec_url),
    status,
    support: Object.fromEntries(
      Object.entries(compat.support).map(([id, support]) => [id, short(support)]),
    ),
  })
}

/** Most statements say nothing but a version: then just that. */
function short(support) {
  const statements = list(support).map(statement)
  const only = statements.length === 1 && Object.keys(statements[0]).length === 1
  return only ? statements[0].added : statements
}

function statement(s) {
  return drop({
    added: s.version_added,
    removed: s.version_removed,
    partial: s.partial_implementation,
    prefix: s.prefix,
    name: s.alternative_name,
    flag: s.flags?.map(flag => flag.name).join(', '),
    notes: list(s.notes).map(markup),
  })
}

function list(value) {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

/** Without fields that say nothing. */
function drop(object) {
  return Object.fromEntries(
    Object.entries(object).filter(([, v]) => v !== undefined && !(Array.isArray(v) && !v.length)),
  )
}

/**
 * The data's texts are HTML. Everything is escaped first; then the few tags that are wanted come
 * back, so that nothing else can: not even if the data were to change.
 */
function markup(text) {
  const escaped = text
    .replace(/&(?!(?:[a-z]+|#\d+);)/gi, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
  return escaped
    .replace(/&lt;(\/?(?:code|em|strong|kbd))&gt;/g, '<$1>')
    .replace(
      /&lt;a href=&quot;(https:\/\/[^\s&<>]*(?:&amp;[^\s&<>]*)*)&quot;&gt;/g,
      '<a href="$1">',
    )
    .replace(/&lt;\/a&gt;/g, '</a>')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
}
