// Members of what is not made by the project's own code, by kind of object.

import { ambient } from './ambient.ts'
import { builtinMember } from './builtin-member.ts'
import { namespaceMember } from './modules.ts'
import { isRisky } from './risky.ts'
import { honoMember } from '../hono/members.ts'
import type { Machine } from '../machine.ts'
import type { Frame } from '../machine/frame.ts'
import { marksOf } from '../machine/mark.ts'
import { noteRead } from '../machine/notes.ts'
import {
  BOOL,
  join,
  NUM,
  of,
  type Site,
  STR,
  STRING,
  tainted,
  type Token,
  UNDEF,
  UNDEFINED,
  Value,
} from '../value.ts'

/** Members of what is not made by the project's own code; null where the usual rules hold. */
export function memberOf(
  m: Machine,
  f: Frame,
  token: Token,
  key: string,
  site: Site,
): Value | null {
  switch (token.kind) {
    case 'builtin':
      return builtinMember(m, f, token, key, site)
    case 'namespace':
      return namespaceMember(m, f, token, key, site)
    case 'inherited':
      return key === '*' || isRisky(token, key)
        ? join(of(token), new Value(UNDEFINED | STRING))
        : UNDEF
    case 'keys':
      if (key === 'length') return NUM
      return m.inherited(f, 'String.prototype', key, site)
    case 'error':
      // Engines differ in how they say it. Where the project throws errors of its own, it is theirs.
      if (
        key === 'message' &&
        token.path === 'engine' &&
        m.get(f, m.thrown(f.context)).tokens.length === 0
      )
        return ambient(
          { machine: m, frame: f, site },
          'reads what the engine says of an error',
          STR,
        )
      if (key === 'stack')
        return ambient({ machine: m, frame: f, site }, 'reads a stack trace', STR)
      if (OF_ENGINES.has(key) && !m.isSet(f, token, key))
        return ambient(
          { machine: m, frame: f, site },
          `reads ${key} of an error, as some engines have`,
        )
      if (key === '*')
        return ambient(
          { machine: m, frame: f, site },
          'reads a member of an error whose name is only known at run time',
          STR,
        )
      return null
    case 'function':
      if (
        key === 'prototype' &&
        !token.info?.isArrow &&
        !token.props.has('prototype') &&
        token.env
      ) {
        const proto = m.make(token.env, token.info!.node, 'object', 'prototype')
        m.init(token, 'prototype', of(proto))
        m.init(proto, 'constructor', of(token))
      }
      if (key === 'name' || key === 'length') {
        // They can be defined anew.
        noteRead(m, f, token, () => marksOf(token, key), key, m.prop(token, key).value, site)
        return key === 'name' ? STR : NUM
      }
      if (key === 'caller' || key === 'arguments')
        return ambient({ machine: m, frame: f, site }, `reads ${key} of a function`)
      return null
    case 'array':
    case 'data':
      if (key !== 'length') return null
      return tainted(token.kind === 'data' ? new Value(127) : NUM, m.readLength(f, token, site))
    case 'map':
    case 'set':
      if (key !== 'size') return null
      return tainted(NUM, m.readLength(f, token, site))
    case 'bytes':
      // Small ones lie in a pool that all of the process share.
      if (token.path === 'Buffer' && (key === 'byteOffset' || key === 'buffer'))
        return ambient({ machine: m, frame: f, site }, `reads ${key} of a Buffer`)
      if (key === 'length' || key === 'byteLength' || key === 'byteOffset')
        return tainted(NUM, m.readLength(f, token, site))
      if (key === 'buffer') return of(token)
      return null
    case 'regexp':
      if (key === 'source' || key === 'flags') return STR
      if (FLAGS.has(key)) return BOOL
      if (key === 'lastIndex') {
        m.readLength(f, token, site)
        return join(NUM, m.get(f, m.prop(token, 'lastIndex')))
      }
      return null
    case 'url':
      if (key === 'searchParams') {
        return tainted(
          of(m.part(token, 'searchParams', 'query', site)),
          m.readLength(f, token, site),
        )
      }
      if (URL_MEMBERS.has(key)) return tainted(STR, m.readLength(f, token, site))
      return null
    case 'codec':
      if (key === 'encoding') return STR
      return null
    case 'stats':
      return STATS.has(key)
        ? of(m.builtin(`Stats.prototype.${key}`))
        : ambient({ machine: m, frame: f, site }, `reads the facts of a file: ${key}`)
    default:
      return honoMember(m, f, token, key, site)
  }
}

/** What engines add to errors, each in its own way. */
const OF_ENGINES = new Set(
  'line column sourceURL originalLine originalColumn lineNumber columnNumber fileName description number'.split(
    ' ',
  ),
)
const FLAGS = new Set([
  'global',
  'ignoreCase',
  'multiline',
  'dotAll',
  'unicode',
  'unicodeSets',
  'sticky',
  'hasIndices',
])
const URL_MEMBERS = new Set([
  'href',
  'origin',
  'protocol',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
  'username',
  'password',
])
const STATS = new Set(['isFile', 'isDirectory', 'isSymbolicLink'])
