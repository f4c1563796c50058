// The list of members that hosts do not all have, held against the hosts that are here: each is asked
// what its own language and globals hold, and whatever is not on all of them has to be listed.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import process from 'node:process'
import test from 'node:test'
import { program } from '../../cli/hosts.ts'
import { DIFFERING } from '../../compiler/analyze/differing.ts'
import { PATHS } from '../../compiler/analyze/concrete/realm.ts'
import { root } from '../lib/project.ts'

/** Run on each host: the members of what `owners` name, and of their prototypes. */
function members(owners: string[]): string[] {
  return owners.flatMap(name => {
    const owner = name
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], globalThis)
    if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null) return []
    return Object.getOwnPropertyNames(owner).map(key => `${name}.${key}`)
  })
}

/** What is found by name: the analyzer's own paths of classes and namespaces. */
const OWNERS = [
  ...new Set(
    [...PATHS.values(), 'Iterator', 'Intl', 'Headers', 'URLSearchParams', 'Blob', 'Response']
      .filter(path => /^[A-Z]\w*(\.prototype)?$/.test(path))
      .flatMap(path => [
        path.replace('.prototype', ''),
        `${path.replace('.prototype', '')}.prototype`,
      ]),
  ),
].filter(
  path =>
    !/^(Generator|AsyncGenerator|AsyncFunction|GeneratorFunction|AsyncGeneratorFunction)\b/.test(
      path,
    ),
)

/** Static members of expressions (`RegExp.$1`) and what engines hang on errors are read nowhere. */
const UNREAD =
  /^(RegExp\.(\$|input|last|left|right|multiline)|Error\.\w+StackTrace|Iterator\.(length|name|prototype)|Iterator\.prototype\.constructor)/

test('every member that some host lacks is listed', () => {
  const found = (['node', 'bun', 'deno'] as const).map(host => {
    const at = program(host, root)
    if (typeof at === 'string') throw new Error(at)
    const code = `${members};console.log(JSON.stringify(members(${JSON.stringify(OWNERS)})))`
    const [command, ...args] =
      host === 'node'
        ? [process.execPath, '-e', code]
        : host === 'bun'
          ? [at.command[0]!, '-e', code]
          : [at.command[0]!, 'eval', code]
    return new Set<string>(JSON.parse(execFileSync(command!, args, { encoding: 'utf8' })))
  })
  const all = new Set(found.flatMap(set => [...set]))
  assert.ok(all.size > 800)
  const missing = [...all].filter(
    path =>
      !found.every(set => set.has(path)) &&
      !DIFFERING.has(path) &&
      !path.endsWith('.toJSON') &&
      !UNREAD.test(path),
  )
  assert.deepEqual(missing.sort(), [])
})
