// What the language and the hosts provide, as far as it is known to depend on its arguments alone. An
// allow-list: what is not on it differs between two starts or machines.

import type { AnyNode } from 'acorn'
import {
  allArguments,
  argument,
  type Args,
  type CallOptions,
  type Frame,
  type Language,
  type Machine,
  NO_ARGS,
} from './machine.ts'
import type { ParsedProgram } from './program.ts'
import {
  BIG,
  BOOL,
  BOTTOM,
  doubtful,
  join,
  joinAll,
  memberName,
  type Kind,
  NUL,
  NULL,
  NUM,
  of,
  type Site,
  STR,
  STRING,
  strongerTaint,
  SYM,
  SYMBOL,
  type Taint,
  tainted,
  type Token,
  UNDEF,
  UNDEFINED,
  Value,
} from './value.ts'

export interface Call {
  machine: Machine
  frame: Frame
  token: Token
  self: Value
  args: Args
  site: Site
  options: CallOptions
}

export type Summary = (call: Call) => Value

const SUMMARIES = new Map<string, Summary>()

/** Hono's, by path; `Context.text` and the like are bound to their context. Filled by hono.ts. */
export const HONO = new Map<string, Summary>()

/** Members of what others than the language provide. */
export const members = { hono: (() => null) as Language['memberOf'] }

/** What is checked before a summary, by path. */
const BEFORE = new Map<string, (call: Call) => void>()
const CONSTANTS = new Map<string, Value>()
/** Objects whose members are listed; a member that is not is ambient. */
const NAMESPACES = new Set<string>()

/** `'Math: max min'` and so on. */
function define(list: string, summary: Summary): void {
  const colon = list.lastIndexOf(': ')
  const owner = list.slice(0, colon)
  if (owner) NAMESPACES.add(owner)
  for (const name of list.slice(colon + 2).split(/\s+/))
    if (name) SUMMARIES.set(owner ? `${owner}.${name}` : name, summary)
}

// ---------------------------------------------------------------- look-up

export function summaryOf(token: Token): Summary | null {
  if (token.kind === 'middleware' || token.kind === 'next')
    return HONO.get(token.path!) ?? SUMMARIES.get(`@${token.path}`) ?? null
  if (token.kind !== 'builtin') return null
  const summary = SUMMARIES.get(token.path!) ?? HONO.get(token.path!) ?? unknownCall
  const before = BEFORE.get(token.path!)
  if (!before) return summary
  return call => {
    before(call)
    return summary(call)
  }
}

/** Modules whose functions run text, or write where no object is. */
const RUNS_TEXT = /^(node:(vm|inspector)|bun:(ffi|jsc))\b/

const unknownCall: Summary = call => {
  const message = `calls ${call.token.path}()`
  if (RUNS_TEXT.test(call.token.path!))
    call.machine.tampering.push({ message, site: call.site, context: call.frame.context })
  return ambient(call, message)
}

/** Something that differs between requests, starts or machines is used. */
export function ambient(
  call: Pick<Call, 'machine' | 'frame' | 'site'> & Partial<Call>,
  message: string,
  value?: Value,
): Value {
  const { machine, frame, site } = call
  const out = value ?? doubtful(message, site)
  machine.effect(frame, message, site)
  if (call.args)
    machine.escape(
      frame,
      join(
        allArguments(call.args),
        call.self?.tokens.every(t => t.kind === 'builtin') ? BOTTOM : (call.self ?? BOTTOM),
      ),
      site,
    )
  if (frame.context.kind === 'call') return out
  return tainted(out, { kind: 'ambient', message, site })
}

/** What an object inherits under `key` from a builtin prototype, as a path; null for nothing known. */
export function inheritedFrom(prototype: string, key: string): string | null {
  for (
    let at: string | undefined = prototype;
    at;
    at = CHAIN[at] ?? (at === 'Object.prototype' ? undefined : 'Object.prototype')
  ) {
    if (key === 'constructor') return at.slice(0, -'.prototype'.length)
    const path = `${at}.${key}`
    if (SUMMARIES.has(path) || HONO.has(path)) return path
  }
  return null
}

const CHAIN: Record<string, string> = {
  'Intl.prototype': 'Object.prototype',
}

const FROZEN_GLOBALS = new Map<string, Value>([
  ['undefined', UNDEF],
  ['NaN', NUM],
  ['Infinity', NUM],
  ['window', UNDEF],
  ['document', UNDEF],
])

/** Hosts differ in whether they have these. */
const HOST_GLOBALS = new Set([
  'Bun',
  'Deno',
  'self',
  'navigator',
  'Temporal',
  'WebSocket',
  'caches',
  'EdgeRuntime',
  'require',
  'module',
  'exports',
  '__dirname',
  '__filename',
])

const AMBIENT_GLOBALS = new Set([
  'process',
  'performance',
  'crypto',
  'console',
  'import.meta',
  ...HOST_GLOBALS,
])

export function globalOf(m: Machine, f: Frame, name: string, site: Site, isTypeof = false): Value {
  const fixed = FROZEN_GLOBALS.get(name)
  if (fixed) return fixed
  if (name === 'globalThis' || name === 'global') return of(m.builtin('globalThis'))
  const holder = m.builtin('globalThis')
  const cell = m.prop(holder, name)
  const written = m.get(f, cell)
  const any = m.get(f, m.prop(holder, '*'))
  if (written !== BOTTOM || any !== BOTTOM || holder.marks?.has(name)) {
    m.readGlobal(f, holder, name, join(written, any), site)
    if (!isKnownGlobal(name)) return join(join(written, any), UNDEF)
    return join(join(written, any), of(m.builtin(name)))
  }
  if (HOST_GLOBALS.has(name) && isTypeof)
    return ambient(
      { machine: m, frame: f, site },
      `asks which host it runs on: typeof ${name}`,
      STR,
    )
  if (isKnownGlobal(name)) return of(m.builtin(name))
  if (name === 'eval')
    m.tampering.push({ message: 'runs text as code: eval()', site, context: f.context })
  // Who reads it depends on whoever may set it.
  m.readGlobal(f, holder, name, BOTTOM, site)
  return ambient({ machine: m, frame: f, site }, `reads the global \`${name}\``)
}

export function isKnownGlobal(name: string): boolean {
  return NAMESPACES.has(name) || SUMMARIES.has(name) || AMBIENT_GLOBALS.has(name)
}

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
      if (key === 'name') return STR
      if (key === 'length') return NUM
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
        return of(m.part(token, 'searchParams', 'query', site))
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
      return members.hono(m, f, token, key, site)
  }
}

/** What functions and prototypes have that leads further than to `undefined`. */
const RISKY = new Set(
  (
    'constructor __proto__ prototype call apply bind toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable name length caller arguments ' +
    '__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ then toJSON ' +
    'assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf groupBy hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values ' +
    'from fromAsync isArray of push pop shift unshift splice sort reverse fill copyWithin raw fromCharCode fromCodePoint'
  ).split(' '),
)
/** What lists and text have, and plain objects have not. */
const OF_LISTS = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin concat join slice map filter raw of'.split(
    ' ',
  ),
)

/** Whether some inherited member has a member `key` that leads on. */
export function isRisky(token: Token, key: string): boolean {
  return RISKY.has(key) && !(token.path === 'Object' && OF_LISTS.has(key))
}

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

function builtinMember(m: Machine, f: Frame, token: Token, key: string, site: Site): Value {
  const owner = token.path!
  if (key === '__proto__')
    return of(
      m.builtin(
        SUMMARIES.has(owner) || HONO.has(owner) ? 'Function.prototype' : 'Object.prototype',
      ),
    )
  if (owner === 'globalThis') {
    if (key === '*')
      return ambient(
        { machine: m, frame: f, site },
        'reads a global whose name is only known at run time',
      )
    return globalOf(m, f, key, site)
  }
  const written = join(m.get(f, m.prop(token, key)), m.get(f, m.prop(token, '*')))
  const path = `${owner}.${key}`
  if (written !== BOTTOM) {
    const isKnown = SUMMARIES.has(path) || HONO.has(path) || NAMESPACES.has(path)
    return join(written, isKnown ? of(m.builtin(path)) : UNDEF)
  }
  const constant = CONSTANTS.get(path)
  if (constant) return constant
  if (SUMMARIES.has(path) || HONO.has(path) || NAMESPACES.has(path)) return of(m.builtin(path))
  if (owner === 'process.env') {
    if (key === 'NODE_ENV') return join(STR, UNDEF)
    return ambient(
      { machine: m, frame: f, site },
      `reads the environment: process.env${key === '*' ? '' : `.${key}`}`,
      join(STR, UNDEF),
    )
  }
  if (owner === 'import.meta') {
    if (f.context.kind === 'call')
      m.effect(f, `reads import.meta.${key}, which differs between machines`, site)
    if (key === 'url' || key === 'dirname' || key === 'filename')
      return tainted(STR, {
        kind: 'location',
        message: `reads import.meta.${key}, which differs between machines,`,
        site,
      })
    return ambient({ machine: m, frame: f, site }, `reads import.meta.${key}`)
  }
  if (key === 'prototype' && NAMESPACES.has(path)) return of(m.builtin(path))
  if (owner.endsWith('.prototype')) {
    const found = inheritedFrom(owner, key)
    if (found) return of(m.builtin(found))
    if (owner === 'Error.prototype' && (key === 'message' || key === 'name')) return STR
    return isNative(owner, key) ? ambient({ machine: m, frame: f, site }, `reads ${path}`) : UNDEF
  }
  if (isNodeModule(owner) && key === 'default') return of(token)
  if (SUMMARIES.has(owner) || HONO.has(owner)) {
    const found = inheritedFrom('Function.prototype', key)
    if (found) return of(m.builtin(found))
    if (key === 'name') return STR
    if (key === 'length') return NUM
    if (key.startsWith('@@') || key === 'then' || key === 'toJSON') return UNDEF
  } else if (NAMESPACES.has(owner)) {
    const found = inheritedFrom('Object.prototype', key)
    if (found) return of(m.builtin(found))
    if (key.startsWith('@@') || key === 'then' || key === 'toJSON') return UNDEF
  }
  return ambient(
    { machine: m, frame: f, site },
    `reads ${key === '*' ? `a member of ${owner} whose name is only known at run time` : path}`,
  )
}

/** Kinds whose members are all listed here: any other is taken to be unknown. */
const LISTED = new Set<Kind>(['bytes', 'hash', 'stats', 'codec', 'generator', 'intl'])

/** Members that only newer engines than the oldest supported one have. */
const NEWER = new Set([
  ...'union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom'
    .split(' ')
    .map(name => `Set.prototype.${name}`),
  'Map.prototype.getOrInsert',
  'Map.prototype.getOrInsertComputed',
  'WeakMap.prototype.getOrInsert',
  'WeakMap.prototype.getOrInsertComputed',
  'Date.prototype.toTemporalInstant',
])

/** Whether the language or the host has a member that is not on the list. */
export function isUnlisted(prototype: string, key: string, kind: Kind): boolean {
  if (/^[@#\u0000[*]|^(then|toJSON|\d+|part .*)$/.test(key)) return false
  if (LISTED.has(kind) || NEWER.has(`${prototype}.${key}`)) return true
  if (prototype === 'Error.prototype' && (key === 'message' || key === 'name')) return false
  return isNative(prototype, key)
}

/** Whether the language has the member at all, known here or not. */
function isNative(prototype: string, key: string): boolean {
  if (key === '*' || key.startsWith('@@')) return key === '*'
  const owner = prototype.slice(0, -'.prototype'.length)
  const found = (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[owner]
  return !found?.prototype || key in found.prototype
}

function isNodeModule(path: string): boolean {
  return /^(node|bun):[\w/]+$/.test(path)
}

// ---------------------------------------------------------------- modules

export function importOf(m: Machine, f: Frame, from: string, name: string, site: Site): Value {
  const target = m.program.chunks.get(from.replace(/^\.\//, ''))
  if (target) {
    if (name === '*') {
      const key = `namespace:${target.name}`
      const made = m.make(m.tops.get(target.name)!, key, 'namespace')
      made.path = target.name
      return of(made)
    }
    return exportOf(m, f, target.name, name, site) ?? UNDEF
  }
  if (name === '*' || (name === 'default' && isNodeModule(from))) return of(m.builtin(from))
  return of(m.builtin(`${from}.${name}`))
}

/** What a chunk exports under a name; null for nothing. */
export function exportOf(
  m: Machine,
  f: Frame,
  chunk: string,
  name: string,
  site: Site,
  seen = new Set<string>(),
): Value | null {
  const parsed = m.program.chunks.get(chunk)!
  const found = parsed.exports.get(name)
  if (found && 'binding' in found) {
    const { binding } = found
    const top = m.tops.get(chunk)!
    if (binding.kind === 'import') {
      const source = parsed.importsOf.get(binding)!
      return importOf(m, f, source.from, source.name, site)
    }
    const cell = m.cellOf(top, binding)
    return cell ? m.readCell(f, cell, site) : null
  }
  if (found) return importOf(m, f, found.from, found.name, site)
  if (seen.has(chunk)) return null
  seen.add(chunk)
  for (const from of parsed.starExports) {
    const inner = m.program.chunks.get(from.replace(/^\.\//, ''))
    const value = inner
      ? exportOf(m, f, inner.name, name, site, seen)
      : importOf(m, f, from, name, site)
    if (value) return value
  }
  return null
}

function namespaceMember(m: Machine, f: Frame, token: Token, key: string, site: Site): Value {
  if (key !== '*') return exportOf(m, f, token.path!, key, site) ?? UNDEF
  return joinAll(
    [...m.program.chunks.get(token.path!)!.exports.keys()].map(
      name => exportOf(m, f, token.path!, name, site) ?? BOTTOM,
    ),
  )
}

const HELPERS = new Map<string, string[]>([
  [
    '__export',
    ['(target,all)=>{for(varnameinall)__defProp(target,name,{get:all[name],enumerable:true});}'],
  ],
  [
    '__commonJS',
    [
      '(cb,mod)=>function__require(){returnmod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports;}',
      '(cb,mod)=>function__require(){try{returnmod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports;}catch(e){throwmod=0,e;}}',
    ],
  ],
  [
    '__toESM',
    [
      '(mod,isNodeMode,target)=>(target=mod!=null?__create(__getProtoOf(mod)):{},__copyProps(//IftheimporterisinnodecompatibilitymodeorthisisnotanESM//filethathasbeenconvertedtoaCommonJSfileusingaBabel-//compatibletransform(i.e."__esModule"hasnotbeenset),thenset//"default"totheCommonJS"module.exports"fornodecompatibility.isNodeMode||!mod||!mod.__esModule?__defProp(target,"default",{value:mod,enumerable:true}):target,mod))',
    ],
  ],
  ['__name', ['(target,value)=>__defProp(target,"name",{value,configurable:true})']],
])

/** The name of esbuild's helper that is called, where its text is esbuild's own. */
export function helperOf(callee: AnyNode, program: ParsedProgram): string | null {
  if (callee.type !== 'Identifier' || !HELPERS.has(callee.name)) return null
  let binding = program.bindingOf.get(callee)
  if (binding?.kind === 'import') {
    const source = program.chunks.get(binding.owner.chunk)?.importsOf.get(binding)
    const found =
      source && program.chunks.get(source.from.replace(/^\.\//, ''))?.exports.get(source.name)
    binding = found && 'binding' in found ? found.binding : undefined
  }
  if (!binding || binding.writes > 0 || binding.owner.parent) return null
  const chunk = program.chunks.get(binding.owner.chunk)!
  for (const node of chunk.tree.body) {
    if (node.type !== 'VariableDeclaration') continue
    for (const one of node.declarations) {
      if (one.id.type !== 'Identifier' || one.id.name !== binding.name || !one.init) continue
      const text = chunk.code.slice(one.init.start, one.init.end).replace(/\s+/g, '')
      return HELPERS.get(callee.name)!.includes(text) ? callee.name : null
    }
  }
  return null
}

// ---------------------------------------------------------------- helpers for summaries

function arg(call: Call, index: number): Value {
  return argument(call.args, index)
}

/** Runs the user's own conversions in everything the call gets; what it depends on. */
function used(
  call: Call,
  how: 'string' | 'number' | 'json' | 'deep',
  withSelf = true,
): Taint | null {
  const { machine, frame, args, self, site } = call
  let taint = machine.convert(frame, allArguments(args), how, site)
  if (withSelf) taint = strongerTaint(taint, machine.convert(frame, self, how, site))
  return taint
}

function pure(
  value: Value,
  how: 'string' | 'number' | 'json' | 'deep' = 'string',
  withSelf = true,
): Summary {
  return call => tainted(value, used(call, how, withSelf))
}

/** After `new` it is an object as well, which may have members. */
function boxed(summary: Summary): Summary {
  return call => {
    const value = summary(call)
    return call.options.construct ? join(value, of(fresh(call, 'object', 'boxed'))) : value
  }
}

function fresh(call: Call, kind: Kind, tag = ''): Token {
  return call.machine.make(
    call.frame,
    `${call.token.id}@${call.site.chunk}:${call.site.at}`,
    kind,
    tag,
    call.site,
  )
}

function listOf(call: Call, items: Value, tag = ''): Value {
  const made = fresh(call, 'array', tag)
  call.machine.init(made, '[]', items, call.frame.under)
  return of(made)
}

function each(call: Call, value = call.self): Value {
  const { machine, frame, site } = call
  let out = machine.iterate(frame, value, site)
  // What has a length and indices is a list to the methods of arrays.
  const like = value.tokens.filter(token => token.kind === 'object' || token.kind === 'function')
  if (like.length > 0) {
    machine.read(frame, new Value(0, [], like), 'length', site)
    out = join(out, machine.readElements(frame, new Value(0, [], like), site, false))
  }
  return out
}

function callBack(call: Call, callee: Value, list: Value[], self = UNDEF): Value {
  const { machine, frame, site, options } = call
  return machine.call(frame, callee, self, { list, rest: BOTTOM }, site, {
    awaited: options.awaited,
    isTogether: options.isTogether,
  })
}

/** Notes that the call changes the object it is called on. */
function changes(call: Call, key = '[]', targets = call.self): void {
  for (const token of targets.tokens) call.machine.noteWrite(call.frame, token, key, call.site)
  if (targets.doubt && call.frame.context.kind === 'call')
    call.machine.effect(call.frame, targets.doubt.message, call.site)
}

function put(call: Call, items: Value, key = '[]', targets = call.self): void {
  for (const token of targets.tokens) call.machine.init(token, key, items, call.frame.under)
}

function joinTaints(...taints: (Taint | null)[]): Taint | null {
  return taints.reduce(strongerTaint, null)
}

function lengthTaint(call: Call, value = call.self): Taint | null {
  let taint = value.taint
  for (const token of value.tokens)
    if (
      token.kind === 'array' ||
      token.kind === 'map' ||
      token.kind === 'set' ||
      token.kind === 'data'
    )
      taint = strongerTaint(taint, call.machine.readLength(call.frame, token, call.site))
  return taint
}

// ---------------------------------------------------------------- numbers, text, conversions

for (const name of ['PI', 'E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2', 'SQRT1_2'])
  CONSTANTS.set(`Math.${name}`, NUM)
for (const name of [
  'MAX_SAFE_INTEGER',
  'MIN_SAFE_INTEGER',
  'MAX_VALUE',
  'MIN_VALUE',
  'EPSILON',
  'NaN',
  'POSITIVE_INFINITY',
  'NEGATIVE_INFINITY',
])
  CONSTANTS.set(`Number.${name}`, NUM)
CONSTANTS.set('process.env', BOTTOM)
CONSTANTS.delete('process.env')
NAMESPACES.add('process.env')
NAMESPACES.add('process')

define(
  'Math: abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc',
  pure(NUM, 'number', false),
)
define('Number: isFinite isInteger isNaN isSafeInteger', pure(BOOL, 'number', false))
define('Number: parseFloat parseInt', pure(NUM, 'string', false))
define(': parseFloat parseInt', pure(NUM, 'string', false))
define(': Number', boxed(pure(NUM, 'number', false)))
define(': isFinite isNaN', pure(BOOL, 'number', false))
define(': BigInt', pure(BIG, 'number', false))
define('BigInt: asIntN asUintN', pure(BIG, 'number', false))
define(
  ': Boolean',
  boxed(call => tainted(BOOL, allArguments(call.args).taint)),
)
define(': String', boxed(pure(STR, 'string', false)))
define(
  ': encodeURIComponent encodeURI decodeURIComponent decodeURI escape unescape btoa atob',
  pure(STR, 'string', false),
)
define('String: fromCharCode fromCodePoint raw', pure(STR, 'deep', false))
define('Number.prototype: toFixed toPrecision toExponential toString', pure(STR, 'string'))
define('Number.prototype: valueOf', pure(NUM, 'number'))
define('BigInt.prototype: toString', pure(STR, 'string'))
define('BigInt.prototype: valueOf', pure(BIG, 'number'))
define('Boolean.prototype: toString', pure(STR, 'string'))
define('Boolean.prototype: valueOf', pure(BOOL, 'number'))
define('Symbol.prototype: toString description', pure(STR, 'number'))
define('Number.prototype: toLocaleString', call => localized(call, 0, false))
define('BigInt.prototype: toLocaleString', call => localized(call, 0, false))
define(
  'String.prototype: at charAt concat normalize padEnd padStart repeat slice substr substring toLowerCase toUpperCase toString trim trimEnd trimStart trimLeft trimRight valueOf toWellFormed anchor big bold link small sub sup',
  pure(join(STR, UNDEF)),
)
define(
  'String.prototype: charAt concat normalize padEnd padStart repeat slice substr substring toLowerCase toUpperCase toString trim trimEnd trimStart valueOf',
  pure(STR),
)
define('String.prototype: charCodeAt codePointAt indexOf lastIndexOf', pure(join(NUM, UNDEF)))
define('String.prototype: indexOf lastIndexOf charCodeAt', pure(NUM))
define('String.prototype: includes startsWith endsWith isWellFormed', pure(BOOL))
define('String.prototype: toLocaleLowerCase toLocaleUpperCase', call => localized(call, 0, false))
define('String.prototype: localeCompare', call => tainted(NUM, localized(call, 1, false).taint))
define('String.prototype: split', call => {
  const taint = patternUsed(call)
  return tainted(listOf(call, tainted(STR, taint)), taint)
})
define('String.prototype: @@iterator', call => listOf(call, STR))
define('String.prototype: search', call => tainted(NUM, patternUsed(call)))
define('String.prototype: match', call => {
  const taint = patternUsed(call)
  return join(tainted(matched(call), taint), NUL)
})
define('String.prototype: matchAll', call => {
  const taint = patternUsed(call)
  for (const token of arg(call, 0).tokens)
    if (token.kind === 'regexp') call.machine.read(call.frame, of(token), 'lastIndex', call.site)
  return tainted(iteratorOf(call, matched(call)), taint)
})
define('String.prototype: replace replaceAll', call => {
  let taint = patternUsed(call)
  const by = arg(call, 1)
  for (const token of by.tokens) {
    if (isCallable(token)) {
      // What matched, the groups (perhaps none), the place, the text, the named groups.
      const groups = fresh(call, 'data', 'groups')
      const given: Value = join(new Value(STRING | UNDEFINED), join(NUM, of(groups)))
      const { machine, frame, site } = call
      const out = machine.call(frame, of(token), UNDEF, { list: [STR], rest: given }, site)
      taint = strongerTaint(taint, machine.convert(frame, out, 'string', site))
    } else
      taint = strongerTaint(taint, call.machine.convert(call.frame, of(token), 'string', call.site))
  }
  if (by.doubt && call.frame.context.kind === 'call')
    call.machine.effect(call.frame, by.doubt.message, call.site)
  return tainted(STR, strongerTaint(taint, by.taint))
})

export function isCallable(token: Token): boolean {
  return (
    token.kind === 'function' ||
    token.kind === 'bound' ||
    token.kind === 'builtin' ||
    token.kind === 'middleware' ||
    token.kind === 'inherited' ||
    token.kind === 'next'
  )
}

function matched(call: Call): Value {
  const made = fresh(call, 'array', 'match')
  const { machine } = call
  const groups = fresh(call, 'object', 'groups')
  machine.init(groups, '*', join(STR, UNDEF))
  machine.init(made, '[]', join(STR, UNDEF))
  machine.init(made, 'index', NUM)
  machine.init(made, 'input', STR)
  machine.init(made, 'groups', join(of(groups), UNDEF))
  return of(made)
}

/** A string's method is given a pattern: text, an expression or an object with its own protocol. */
function patternUsed(call: Call): Taint | null {
  const { machine, frame, site, self } = call
  const pattern = arg(call, 0)
  let taint = strongerTaint(pattern.taint, machine.convert(frame, self, 'string', site))
  if (pattern.doubt && frame.context.kind === 'call')
    machine.effect(frame, pattern.doubt.message, site)
  for (const token of pattern.tokens) {
    if (token.kind === 'regexp') {
      if (isChanged(call, token)) return ambient(call, CHANGED).taint
      if (token.path!.includes('y')) machine.noteWrite(frame, token, 'lastIndex', site, MOVES)
      continue
    }
    for (const name of ['@@split', '@@match', '@@matchAll', '@@replace', '@@search']) {
      const method = machine.readToken(frame, token, name, of(token), site)
      for (const one of method.tokens)
        if (!one.path?.startsWith('RegExp.prototype.'))
          taint = strongerTaint(
            taint,
            machine.call(
              frame,
              of(one),
              of(token),
              { list: [self, arg(call, 1)], rest: BOTTOM },
              site,
            ).taint,
          )
    }
    taint = strongerTaint(taint, machine.convert(frame, of(token), 'string', site))
  }
  return taint
}

const MOVES = 'moves `lastIndex` of a regular expression that outlives the request'

/** With no explicit locale (and zone) the machine's own decides. */
function localized(call: Call, localeAt: number, needsZone: boolean): Value {
  const taint = strongerTaint(used(call, 'json'), used(call, 'string'))
  const name = call.token.path!.split('.').at(-1)
  if (!isGiven(arg(call, localeAt)))
    return ambient(call, `uses the machine's locale: ${name}()`, STR)
  if (needsZone && !hasZone(call, arg(call, localeAt + 1)))
    return ambient(call, `uses the machine's time zone: ${name}()`, STR)
  return tainted(STR, taint)
}

function isGiven(value: Value): boolean {
  if (value.doubt || value.bits & (UNDEFINED | NULL)) return false
  if (value.tokens.length > 0)
    return value.tokens.every(
      token => token.kind === 'array' && (token.props.get('0')?.value.strings.length ?? 0) > 0,
    )
  return (
    value.strings.every(one => one !== '') &&
    (value.strings.length > 0 || (value.bits & STRING) !== 0)
  )
}

function hasZone(call: Call, options: Value): boolean {
  const { machine, frame, site } = call
  if (options.doubt || options.bits || options.tokens.length === 0) return false
  return options.tokens.every(
    token =>
      token.kind === 'object' &&
      isGiven(machine.readToken(frame, token, 'timeZone', of(token), site)),
  )
}

// ---------------------------------------------------------------- regular expressions

const CHANGED = 'uses a regular expression whose own methods were changed'

/** Whether it has members of the user's own: the builtin methods may call them. */
function isChanged(call: Call, token: Token): boolean {
  call.machine.partsOf(call.frame, token)
  if (token.proto || token.getters) return true
  for (const [key, { value }] of token.props)
    if (key !== 'lastIndex' && value !== BOTTOM && !value.isBottom) return true
  return false
}

define(': RegExp', call => {
  // What says it is an expression is asked for more.
  for (const token of arg(call, 0).tokens)
    if (token.kind !== 'regexp')
      for (const key of ['@@match', 'constructor', 'source', 'flags'])
        call.machine.read(call.frame, of(token), key, call.site)
  const taint = used(call, 'string', false)
  const flags = arg(call, 1)
  const made = fresh(call, 'regexp')
  const known = flags.tokens.length === 0 && !flags.doubt && !(flags.bits & STRING)
  call.machine.addFlags(made, known ? flags.strings.join('') : 'gy')
  if (known && flags.strings.length === 0)
    for (const token of arg(call, 0).tokens)
      if (token.kind === 'regexp') call.machine.addFlags(made, token.path!)
  return tainted(of(made), taint)
})
NAMESPACES.add('RegExp')
define('RegExp.prototype: exec test', call => {
  const taint = used(call, 'string')
  const { machine, frame, site } = call
  for (const token of call.self.tokens) {
    if (token.kind !== 'regexp' || isChanged(call, token)) ambient(call, CHANGED)
    if (token.kind !== 'regexp' || !/[gy]/.test(token.path!)) continue
    machine.noteWrite(frame, token, 'lastIndex', site, MOVES)
  }
  if (call.token.path!.endsWith('test')) return tainted(BOOL, taint)
  return tainted(join(matched(call), NUL), taint)
})
define('RegExp.prototype: toString', pure(STR))
define('RegExp.prototype: @@match @@matchAll @@replace @@search @@split', call =>
  ambient(call, 'calls a method of RegExp by its symbol'),
)
define('Date.prototype: @@toPrimitive', call => localTime(call, join(STR, NUM)))

// ---------------------------------------------------------------- objects and functions

define(': Object', call => {
  const value = arg(call, 0)
  const made = fresh(call, 'object')
  return call.args.list.length === 0 && call.args.rest === BOTTOM
    ? of(made)
    : join(value, value.bits || value.strings.length ? of(made) : BOTTOM)
})
NAMESPACES.add('Object')
define('Object: is', pure(BOOL, 'number', false))
define('Object: keys getOwnPropertyNames', call => listOf(call, keysOf(call, arg(call, 0))))
define('Reflect: ownKeys', call => listOf(call, join(keysOf(call, arg(call, 0)), SYM)))
define('Object: getOwnPropertySymbols', call =>
  arg(call, 0).tokens.some(token => token.kind !== 'object' && token.kind !== 'array')
    ? ambient(call, 'lists the symbols of what the language provides')
    : listOf(call, SYM),
)
define('Object: values', call => listOf(call, valuesOf(call, arg(call, 0))))
define('Object: entries', call => {
  const { machine } = call
  const pair = fresh(call, 'array', 'pair')
  const value = valuesOf(call, arg(call, 0))
  const keys = keysOf(call, arg(call, 0))
  machine.init(pair, '0', keys)
  machine.init(pair, '1', value)
  machine.init(pair, '[]', join(keys, value))
  return listOf(call, of(pair))
})
define('Object: assign', call => {
  for (let i = 1; i < call.args.list.length; i++) copyInto(call, arg(call, 0), arg(call, i))
  if (call.args.rest !== BOTTOM) copyInto(call, arg(call, 0), call.args.rest)
  return arg(call, 0)
})
define('Object: freeze seal preventExtensions', call => {
  if (call.frame.context.kind === 'call') changes(call, '*', arg(call, 0))
  if (call.frame.under) put(call, BOTTOM, '*', arg(call, 0))
  return arg(call, 0)
})
define('Object: isFrozen isSealed isExtensible', call => {
  for (const token of arg(call, 0).tokens) call.machine.namesOf(call.frame, token)
  return BOOL
})
define('Object: create', call => {
  const made = fresh(call, 'object')
  call.machine.setProto(made, arg(call, 0))
  defineAll(call, of(made), arg(call, 1))
  return of(made)
})
define('Object: defineProperty', call => {
  defineOne(call, arg(call, 0), arg(call, 1), arg(call, 2))
  return arg(call, 0)
})
define('Reflect: defineProperty', call => {
  defineOne(call, arg(call, 0), arg(call, 1), arg(call, 2))
  return BOOL
})
define('Object: defineProperties', call => {
  defineAll(call, arg(call, 0), arg(call, 1))
  return arg(call, 0)
})
define('Object: getOwnPropertyDescriptor', call => descriptor(call, arg(call, 0), arg(call, 1)))
define('Reflect: getOwnPropertyDescriptor', call => descriptor(call, arg(call, 0), arg(call, 1)))
define('Object: getOwnPropertyDescriptors', call => {
  const { machine, frame } = call
  const made = fresh(call, 'object', 'all')
  for (const token of arg(call, 0).tokens) {
    if (token.kind === 'error' || token.kind === 'data' || token.kind === 'builtin')
      machine.init(made, '*', descriptor(call, of(token), STR))
    for (const name of machine.namesOf(frame, token))
      machine.init(made, name, descriptor(call, of(token), new Value(0, [name])))
  }
  return of(made)
})
define('Object: getPrototypeOf', call => prototypeOf(call, arg(call, 0)))
define('Reflect: getPrototypeOf', call => prototypeOf(call, arg(call, 0)))
define('Object: setPrototypeOf', call => {
  changes(call, '*', arg(call, 0))
  for (const token of arg(call, 0).tokens) call.machine.setProto(token, arg(call, 1))
  return arg(call, 0)
})
define('Object: fromEntries', call => {
  const { machine, frame, site } = call
  const made = fresh(call, 'object')
  const pairs = each(call, arg(call, 0))
  const keys = machine.read(frame, pairs, '0', site)
  machine.writeAny(frame, of(made), keys, machine.read(frame, pairs, '1', site), site)
  return of(made)
})
define('Object: hasOwn', call => has(call, arg(call, 0), arg(call, 1)))
define('Reflect: has', call => has(call, arg(call, 0), arg(call, 1)))
// With a receiver of its own a getter or a write concerns that object.
define('Reflect: get', call => {
  if (call.args.list.length > 2 || call.args.rest !== BOTTOM)
    return ambient(call, 'uses Reflect.get() with a receiver')
  return call.machine.readAny(call.frame, arg(call, 0), arg(call, 1), call.site)
})
define('Reflect: set', call => {
  const { machine, frame, site, args } = call
  machine.writeAny(frame, arg(call, 0), arg(call, 1), arg(call, 2), site)
  if (args.list.length > 3 || args.rest !== BOTTOM)
    machine.writeAny(frame, arg(call, 3), arg(call, 1), arg(call, 2), site)
  return BOOL
})
define('Reflect: apply', call =>
  callBackSpread(call, arg(call, 0), arg(call, 1), each(call, arg(call, 2))),
)
define('Reflect: construct', call => {
  const { machine, frame, site } = call
  if (call.args.list.length > 2 || call.args.rest !== BOTTOM)
    return ambient(call, 'uses Reflect.construct() with a class beside')
  return machine.language.construct(
    machine,
    frame,
    arg(call, 0),
    { list: [], rest: each(call, arg(call, 1)) },
    site,
    `reflect@${site.at}`,
  )
})
define('Object.prototype: hasOwnProperty propertyIsEnumerable', call =>
  has(call, call.self, arg(call, 0)),
)
define('Object.prototype: isPrototypeOf', () => BOOL)
define('Object.prototype: valueOf', call => call.self)
define('Object.prototype: toString', call => {
  const { machine, frame, site } = call
  let taint = call.self.taint
  for (const token of call.self.tokens)
    taint = strongerTaint(
      taint,
      machine.convert(
        frame,
        machine.readToken(frame, token, '@@toStringTag', of(token), site),
        'string',
        site,
      ),
    )
  return tainted(STR, taint)
})
define('Object.prototype: toLocaleString', call => localized(call, 0, false))
define('Object.prototype: __defineGetter__ __defineSetter__', call => {
  changes(call, '*')
  for (const token of call.self.tokens)
    call.machine.initAccessor(
      token,
      call.token.path!.includes('Getter') ? 'getters' : 'setters',
      '*',
      arg(call, 1),
    )
  return UNDEF
})
define('Object.prototype: __lookupGetter__ __lookupSetter__', call => {
  const { machine, frame } = call
  let out: Value = UNDEF
  for (const token of call.self.tokens)
    for (const cells of [token.getters, token.setters])
      for (const cell of cells?.values() ?? []) out = join(out, machine.get(frame, cell))
  return out
})

define('Function.prototype: call', call => {
  const { machine, frame, site } = call
  const self = arg(call, 0)
  return machine.call(
    frame,
    call.self,
    self,
    { list: call.args.list.slice(1), rest: call.args.rest },
    site,
    call.options,
  )
})
define('Function.prototype: apply', call =>
  callBackSpread(
    call,
    call.self,
    arg(call, 0),
    call.args.list.length > 1 || call.args.rest !== BOTTOM ? each(call, arg(call, 1)) : BOTTOM,
  ),
)
define('Function.prototype: bind', call => {
  const made = fresh(call, 'bound')
  call.machine.addParts(made, [call.self, arg(call, 0), ...call.args.list.slice(1)])
  if (call.args.rest !== BOTTOM) return doubtful('binds a list of arguments', call.site)
  return of(made)
})
define('Function.prototype: toString', call =>
  ambient({ ...call, args: undefined }, 'shows the source text of a function', STR),
)
NAMESPACES.add('Function')
define(': Function', call => {
  const message = 'makes code from text: Function()'
  call.machine.tampering.push({ message, site: call.site, context: call.frame.context })
  return ambient(call, message)
})

function callBackSpread(call: Call, callee: Value, self: Value, rest: Value): Value {
  return call.machine.call(call.frame, callee, self, { list: [], rest }, call.site, call.options)
}

function isInner(name: string): boolean {
  return name === '[]' || name === '[k]' || name === '*' || name === '@*'
}

function keysOf(call: Call, value: Value): Value {
  const { machine, frame } = call
  const owners = value.tokens.filter(token => token.kind !== 'keys')
  if (owners.length === 0) return tainted(STR, value.taint)
  const keys = fresh(call, 'keys')
  machine.addParts(keys, [new Value(0, [], owners)])
  let open = value.doubt !== null
  let taint = value.taint
  for (const token of owners) {
    if (token.kind === 'builtin')
      taint = strongerTaint(taint, machine.readToken(frame, token, '*', of(token), call.site).taint)
    for (const name of machine.namesOf(frame, token, 'its members')) {
      if (isInner(name) && name !== '@*') open = true
      taint = strongerTaint(taint, machine.get(frame, machine.prop(token, name)).taint)
    }
    if (
      token.kind === 'data' ||
      token.kind === 'error' ||
      token.kind === 'builtin' ||
      token.kind === 'context' ||
      token.kind === 'request'
    )
      open = true
    if (token.kind === 'context' || token.kind === 'request' || token.kind === 'builtin')
      machine.convert(frame, of(token), 'deep', call.site)
  }
  return tainted(join(of(keys), open ? STR : BOTTOM), taint)
}

function valuesOf(call: Call, value: Value): Value {
  const { machine, frame, site } = call
  let out: Value = value.mayBeString ? STR : BOTTOM
  if (value.doubt) out = join(out, new Value(0, [], [], null, value.doubt))
  for (const token of value.tokens) {
    if (token.kind === 'data') out = join(out, machine.readElements(frame, of(token), site, false))
    if (token.kind === 'namespace' || token.kind === 'builtin')
      out = join(out, machine.readToken(frame, token, '*', of(token), site))
    for (const name of machine.namesOf(frame, token, 'its members'))
      if (name !== '[k]') out = join(out, machine.readToken(frame, token, name, of(token), site))
  }
  return tainted(out, value.taint)
}

function copyInto(call: Call, target: Value, source: Value): void {
  const { machine, frame, site } = call
  for (const token of source.tokens) {
    if (token.kind === 'data')
      machine.writeAny(
        frame,
        target,
        STR,
        machine.readElements(frame, of(token), site, false),
        site,
      )
    for (const name of machine.namesOf(frame, token, 'its members')) {
      const value = machine.readToken(frame, token, name, of(token), site)
      if (name === '[]') machine.writeAny(frame, target, NUM, value, site)
      else if (name === '*') machine.writeAny(frame, target, STR, value, site)
      else if (name === '@*') machine.writeAny(frame, target, SYM, value, site)
      else if (name !== '[k]') machine.write(frame, target, name, value, site)
    }
  }
  if (source.doubt)
    machine.writeAny(frame, target, STR, new Value(0, [], [], source.taint, source.doubt), site)
}

/** Names a key may stand for; a key that is an object is made text first. */
function keyNames(call: Call, key: Value): string[] {
  const objects = key.tokens.filter(token => token.kind !== 'builtin' && token.kind !== 'keys')
  if (objects.length > 0)
    call.machine.convert(call.frame, new Value(0, [], objects), 'string', call.site)
  const names = key.strings.map(memberName)
  for (const token of key.tokens)
    names.push(
      token.kind === 'builtin' && token.path!.startsWith('Symbol.')
        ? `@@${token.path!.slice(7)}`
        : '*',
    )
  if (key.bits & ~SYMBOL || key.doubt) names.push('*')
  if (key.bits & SYMBOL || key.doubt) names.push('@*')
  return [...new Set(names)]
}

function defineOne(call: Call, target: Value, key: Value, how: Value): void {
  const { machine, frame, site } = call
  if (how.doubt && frame.context.kind === 'call') machine.effect(frame, how.doubt.message, site)
  const names = keyNames(call, key)
  // Flags may be getters of the user's own.
  for (const flag of ['enumerable', 'configurable', 'writable'])
    machine.read(frame, how, flag, site)
  const value = machine.read(frame, how, 'value', site)
  const getter = machine.read(frame, how, 'get', site)
  const setter = machine.read(frame, how, 'set', site)
  if (target.doubt) machine.escape(frame, how, site)
  for (const token of target.tokens) {
    for (const name of names) {
      machine.noteWrite(frame, token, name, site)
      machine.init(token, name, tainted(value, key.taint), frame.under)
      if (getter.tokens.length) machine.initAccessor(token, 'getters', name, getter)
      if (setter.tokens.length) machine.initAccessor(token, 'setters', name, setter)
    }
  }
}

function defineAll(call: Call, target: Value, all: Value): void {
  const { machine, frame, site } = call
  for (const token of all.tokens)
    for (const name of machine.namesOf(frame, token, 'its members'))
      defineOne(
        call,
        target,
        isInner(name) ? join(STR, SYM) : new Value(0, [name]),
        machine.readToken(frame, token, name, of(token), site),
      )
}

function descriptor(call: Call, target: Value, key: Value): Value {
  const { machine, frame, site } = call
  const made = fresh(call, 'object', 'descriptor')
  machine.init(made, 'value', machine.readAny(frame, target, key, site))
  for (const token of target.tokens) {
    for (const [which, name] of [
      ['getters', 'get'],
      ['setters', 'set'],
    ] as const)
      for (const cell of token[which]?.values() ?? [])
        machine.init(made, name, machine.get(frame, cell))
  }
  for (const name of ['writable', 'enumerable', 'configurable']) machine.init(made, name, BOOL)
  return join(of(made), UNDEF)
}

function prototypeOf(call: Call, value: Value): Value {
  const { machine, frame } = call
  let out: Value = NUL
  for (const token of value.tokens) {
    if (token.proto) out = join(out, machine.get(frame, token.proto))
    // Above a prototype there may be one of the same family, and the one of all objects.
    if (token.kind === 'builtin')
      out = join(join(out, of(token)), machine.read(frame, of(token), '__proto__', call.site))
    const native = machine.nativePrototype(token)
    if (native) out = join(out, of(machine.builtin(native)))
  }
  if (value.mayBeString) out = join(out, of(machine.builtin('String.prototype')))
  if (value.doubt) out = join(out, new Value(0, [], [], null, value.doubt))
  return out
}

function has(call: Call, target: Value, key: Value): Value {
  const { machine, frame, site } = call
  let taint = strongerTaint(target.taint, key.taint)
  keyNames(call, key)
  for (const token of target.tokens) {
    if (token.kind === 'context' || token.kind === 'request')
      machine.convert(frame, of(token), 'deep', site)
    for (const name of machine.namesOf(frame, token, 'its members'))
      taint = strongerTaint(taint, machine.get(frame, machine.prop(token, name)).taint)
  }
  return tainted(BOOL, taint)
}

// ---------------------------------------------------------------- arrays

/** A list of a class of the user's own has that class make its copies. */
function copies(call: Call): void {
  for (const token of call.self.tokens)
    if (
      token.kind === 'array' &&
      (token.proto || call.machine.isSet(call.frame, token, 'constructor'))
    )
      ambient(call, 'copies a list of a class of its own')
}
for (const name of ['concat', 'filter', 'flat', 'flatMap', 'map', 'slice', 'splice'])
  BEFORE.set(`Array.prototype.${name}`, copies)

define(': Array', call => {
  const made = fresh(call, 'array')
  call.machine.init(made, '[]', join(allArguments(call.args), UNDEF), call.frame.under)
  return of(made)
})
NAMESPACES.add('Array')
define('Array: isArray', call => tainted(BOOL, arg(call, 0).taint))
for (const name of ['Array.from', 'Array.of'])
  BEFORE.set(name, call => {
    if (call.self.tokens.some(token => token.path !== 'Array') || call.self.doubt)
      ambient(call, `makes a list of a class of its own: ${name}()`)
  })
define('Array: of', call => listOf(call, allArguments(call.args)))
define('Array: from', call => {
  const source = arg(call, 0)
  let items = each(call, source)
  items = join(items, call.machine.readElements(call.frame, source, call.site, false))
  const by = arg(call, 1)
  if (by.tokens.length || by.doubt) items = callBack(call, by, [items, NUM], arg(call, 2))
  return tainted(listOf(call, tainted(items, lengthTaint(call, source))), source.taint)
})
define('Array.prototype: map', call =>
  tainted(
    listOf(
      call,
      tainted(
        callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1)),
        lengthTaint(call),
      ),
    ),
    call.self.taint,
  ),
)
define('Array.prototype: flatMap', call => {
  const out = callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return listOf(call, tainted(flattened(call, out), lengthTaint(call)))
})
define('Array.prototype: flat', call => {
  let items = each(call)
  for (let before = BOTTOM; before !== items; ) {
    before = items
    items = join(items, flattened(call, items))
  }
  return listOf(call, items)
})
define('Array.prototype: filter', call => {
  const kept = callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return listOf(call, tainted(each(call), kept.taint))
})
define('Array.prototype: find findLast', call => {
  const kept = callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return tainted(join(each(call), UNDEF), kept.taint)
})
define('Array.prototype: findIndex findLastIndex', call =>
  tainted(
    NUM,
    strongerTaint(
      lengthTaint(call),
      callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1)).taint,
    ),
  ),
)
define('Array.prototype: some every', call =>
  tainted(
    BOOL,
    strongerTaint(
      lengthTaint(call),
      callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1)).taint,
    ),
  ),
)
define('Array.prototype: forEach', call => {
  callBack(call, arg(call, 0), [each(call), NUM, call.self], arg(call, 1))
  return UNDEF
})
define('Array.prototype: reduce reduceRight', call => {
  const items = each(call)
  let so = call.args.list.length > 1 ? arg(call, 1) : join(items, call.args.rest)
  for (let i = 0; i < 3; i++)
    so = join(so, callBack(call, arg(call, 0), [so, items, NUM, call.self]))
  const cell = call.machine.prop(fresh(call, 'object', 'reduced'), 'so')
  call.machine.grow(cell, so)
  call.machine.get(call.frame, cell)
  callBack(call, arg(call, 0), [cell.value, items, NUM, call.self])
  return tainted(cell.value, lengthTaint(call))
})
define('Array.prototype: includes', call => {
  const taint = call.machine.convert(call.frame, arg(call, 1), 'number', call.site)
  return tainted(BOOL, joinTaints(taint, allArguments(call.args).taint, each(call).taint))
})
define('Array.prototype: indexOf lastIndexOf', call => {
  const taint = call.machine.convert(call.frame, arg(call, 1), 'number', call.site)
  return tainted(NUM, joinTaints(taint, allArguments(call.args).taint, each(call).taint))
})
define('Array.prototype: join toString', pure(STR))
define('Array.prototype: toLocaleString', call => localized(call, 0, true))
define('Array.prototype: slice toReversed', call =>
  tainted(listOf(call, tainted(each(call), used(call, 'number', false))), call.self.taint),
)
define('Array.prototype: toSorted', call => sorted(call, listOf(call, each(call))))
define('Array.prototype: sort', call => {
  changes(call)
  return sorted(call, call.self)
})
define('Array.prototype: reverse copyWithin', call => {
  changes(call)
  return call.self
})
define('Array.prototype: concat', call => {
  let items = each(call)
  const { machine, frame, site } = call
  for (const value of [...call.args.list, call.args.rest]) {
    // What says it may be spread is spread, list or not.
    for (const token of value.tokens)
      if (token.kind !== 'array' && token.kind !== 'data')
        if (isOwn(machine.read(frame, of(token), '@@isConcatSpreadable', site)))
          items = join(items, machine.readElements(frame, of(token), site, false))
    items = join(
      items,
      new Value(
        value.bits,
        value.strings,
        value.tokens.filter(token => token.kind !== 'array'),
        value.taint,
        value.doubt,
      ),
    )
    const lists = value.tokens.filter(token => token.kind === 'array' || token.kind === 'data')
    if (lists.length > 0) items = join(items, each(call, new Value(0, [], lists)))
  }
  return listOf(call, items)
})
define('Array.prototype: with toSpliced', call =>
  listOf(call, join(each(call), allArguments(call.args))),
)
define('Array.prototype: at', call => tainted(join(each(call), UNDEF), used(call, 'number', false)))
define('Array.prototype: push unshift', call => {
  changes(call)
  put(call, allArguments(call.args))
  return tainted(NUM, lengthTaint(call))
})
define('Array.prototype: pop shift', call => {
  changes(call)
  put(call, tainted(BOTTOM, call.frame.under))
  return join(each(call), UNDEF)
})
define('Array.prototype: splice', call => {
  changes(call)
  const removed = listOf(call, each(call))
  put(call, joinAll([...call.args.list.slice(2), call.args.rest]))
  put(call, tainted(BOTTOM, allArguments(call.args).taint))
  return removed
})
define('Array.prototype: fill', call => {
  changes(call)
  put(call, tainted(arg(call, 0), allArguments(call.args).taint))
  return call.self
})
define('Array.prototype: keys', call => tainted(iteratorOf(call, NUM), lengthTaint(call)))
define('Array.prototype: values @@iterator', call => iteratorOf(call, each(call)))
define('Array.prototype: entries', call => iteratorOf(call, pairOf(call, NUM, each(call))))

/** Whether a member that the language has nowhere of itself may be there. */
function isOwn(value: Value): boolean {
  return (value.bits & ~UNDEFINED) !== 0 || value.tokens.length > 0 || value.doubt !== null
}

function flattened(call: Call, items: Value): Value {
  const lists = items.tokens.filter(token => token.kind === 'array' || token.kind === 'data')
  const rest = new Value(
    items.bits,
    items.strings,
    items.tokens.filter(token => token.kind !== 'array'),
    items.taint,
    items.doubt,
  )
  return lists.length > 0 ? join(rest, each(call, new Value(0, [], lists))) : rest
}

function sorted(call: Call, list: Value): Value {
  const items = each(call)
  const by = arg(call, 0)
  let taint: Taint | null = null
  if (by.tokens.length || by.doubt) taint = callBack(call, by, [items, items]).taint
  else call.machine.convert(call.frame, items, 'string', call.site)
  if (taint) for (const token of list.tokens) call.machine.init(token, '[]', tainted(BOTTOM, taint))
  return list
}

function pairOf(call: Call, key: Value, value: Value): Value {
  const pair = fresh(call, 'array', 'pair')
  call.machine.init(pair, '0', key)
  call.machine.init(pair, '1', value)
  call.machine.init(pair, '[]', join(key, value))
  return of(pair)
}

function iteratorOf(call: Call, items: Value): Value {
  const made = fresh(call, 'generator', 'iterator')
  call.machine.init(made, '[]', items, call.frame.under)
  return of(made)
}

define('Generator.prototype: next', call => {
  const { machine, frame, site } = call
  for (const token of call.self.tokens) {
    machine.noteWrite(frame, token, '[]', site, 'takes from an iterator that outlives the request')
    if (token.env) machine.grow(token.env.sent, arg(call, 0))
  }
  const step = fresh(call, 'object', 'step')
  machine.init(
    step,
    'value',
    join(join(each(call), machine.returned(frame, call.self)), UNDEF),
    frame.under,
  )
  machine.init(step, 'done', BOOL)
  if (!call.self.tokens.some(token => token.path === 'async')) return of(step)
  const promise = fresh(call, 'promise', 'step')
  machine.init(promise, '[]', of(step))
  return of(promise)
})
define('Generator.prototype: @@iterator @@asyncIterator', call => call.self)
define('Generator.prototype: return throw', call => {
  const { machine, frame } = call
  changes(call)
  const isThrow = call.token.path!.endsWith('throw')
  for (const token of call.self.tokens)
    if (token.env && isThrow) machine.grow(token.env.failed, arg(call, 0))
  if (isThrow) machine.grow(machine.thrown(frame.context), arg(call, 0))
  const step = fresh(call, 'object', 'step')
  const given = isThrow ? BOTTOM : machine.resolved(frame, arg(call, 0), call.site)
  const value = joinAll([each(call), machine.returned(frame, call.self), given, UNDEF])
  machine.init(step, 'value', value, frame.under)
  machine.init(step, 'done', BOOL)
  if (!call.self.tokens.some(token => token.path === 'async')) return of(step)
  return promiseOf(call, of(step), 'step')
})
define('Generator.prototype: toArray take drop', call =>
  call.token.path!.endsWith('toArray') ? listOf(call, each(call)) : iteratorOf(call, each(call)),
)
define('Generator.prototype: map', call =>
  iteratorOf(call, callBack(call, arg(call, 0), [each(call), NUM])),
)
define('Generator.prototype: filter', call => {
  callBack(call, arg(call, 0), [each(call), NUM])
  return iteratorOf(call, each(call))
})

// ---------------------------------------------------------------- collections

for (const name of ['Map', 'WeakMap']) {
  define(`: ${name}`, call => {
    const made = fresh(call, name === 'Map' ? 'map' : 'weak')
    const { machine, frame, site } = call
    const pairs = each(call, arg(call, 0))
    if (!pairs.isBottom) {
      machine.init(made, '[k]', machine.read(frame, pairs, '0', site), frame.under)
      machine.init(made, '[]', machine.read(frame, pairs, '1', site), frame.under)
    }
    return of(made)
  })
  NAMESPACES.add(name)
}
for (const name of ['Set', 'WeakSet']) {
  define(`: ${name}`, call => {
    const made = fresh(call, name === 'Set' ? 'set' : 'weak')
    const items = each(call, arg(call, 0))
    if (!items.isBottom) call.machine.init(made, '[]', items, call.frame.under)
    return of(made)
  })
  NAMESPACES.add(name)
}
for (const name of ['Map', 'WeakMap', 'Set', 'URLSearchParams', 'Headers'])
  NAMESPACES.add(`${name}.prototype`)

function held(call: Call, key: string): Value {
  const { machine, frame, site } = call
  let out = BOTTOM
  for (const token of call.self.tokens) {
    out = join(
      out,
      machine.readToken(frame, token, '[]', of(token), site).taint
        ? tainted(BOTTOM, machine.readLength(frame, token, site))
        : BOTTOM,
    )
    machine.readLength(frame, token, site)
    out = join(out, machine.get(frame, machine.prop(token, key)))
  }
  if (call.self.doubt) out = join(out, new Value(0, [], [], null, call.self.doubt))
  return tainted(out, strongerTaint(call.self.taint, allArguments(call.args).taint))
}

for (const owner of ['Map.prototype', 'WeakMap.prototype']) {
  define(`${owner}: get`, call => join(held(call, '[]'), UNDEF))
  define(`${owner}: has`, call => tainted(BOOL, held(call, '[k]').taint))
  define(`${owner}: set`, call => {
    changes(call)
    put(call, arg(call, 1))
    put(call, arg(call, 0), '[k]')
    return call.self
  })
  define(`${owner}: delete clear`, call => {
    changes(call)
    put(call, tainted(BOTTOM, strongerTaint(allArguments(call.args).taint, call.frame.under)))
    return BOOL
  })
  // A set of weak references has these too.
  define(`${owner}: add`, call => {
    changes(call)
    put(call, arg(call, 0))
    return call.self
  })
}
define('Set.prototype: has', call => tainted(BOOL, held(call, '[]').taint))
define('Set.prototype: add', call => {
  changes(call)
  put(call, arg(call, 0))
  return call.self
})
define('Set.prototype: delete clear', call => {
  changes(call)
  put(call, tainted(BOTTOM, strongerTaint(allArguments(call.args).taint, call.frame.under)))
  return BOOL
})
define('Set.prototype: values keys @@iterator', call => iteratorOf(call, held(call, '[]')))
define('Set.prototype: entries', call =>
  iteratorOf(call, pairOf(call, held(call, '[]'), held(call, '[]'))),
)
define('Set.prototype: forEach', call => {
  callBack(call, arg(call, 0), [held(call, '[]'), held(call, '[]'), call.self], arg(call, 1))
  return UNDEF
})
define('Map.prototype: values', call => iteratorOf(call, held(call, '[]')))
define('Map.prototype: keys', call => iteratorOf(call, held(call, '[k]')))
define('Map.prototype: entries @@iterator', call =>
  iteratorOf(call, pairOf(call, held(call, '[k]'), held(call, '[]'))),
)
define('Map.prototype: forEach', call => {
  callBack(call, arg(call, 0), [held(call, '[]'), held(call, '[k]'), call.self], arg(call, 1))
  return UNDEF
})

// ---------------------------------------------------------------- bytes

const BYTES =
  'Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array ArrayBuffer DataView Blob'
for (const name of BYTES.split(' ')) {
  define(`: ${name}`, call => tainted(viewOf(call), used(call, 'deep', false)))
  NAMESPACES.add(name)
  if (name.endsWith('Array')) {
    define(`${name}: from of`, call => {
      const items = each(call, arg(call, 0))
      const by = arg(call, 1)
      if (call.token.path!.endsWith('from') && (by.tokens.length || by.doubt))
        use(call, 'number', callBack(call, by, [items, NUM], arg(call, 2)))
      use(call, 'number', items)
      return tainted(of(fresh(call, 'bytes')), used(call, 'deep', false))
    })
    CONSTANTS.set(`${name}.BYTES_PER_ELEMENT`, NUM)
  }
}
/** New bytes, or the same ones under another view: a buffer and its views count as one object. */
function viewOf(call: Call): Value {
  const shared = arg(call, 0).tokens.filter(token => token.kind === 'bytes')
  return join(of(fresh(call, 'bytes')), new Value(0, [], shared))
}

function use(call: Call, how: 'string' | 'number' | 'json' | 'deep', value: Value): void {
  call.machine.convert(call.frame, value, how, call.site)
}

define('ArrayBuffer: isView', () => BOOL)
const bytes: Summary = call => tainted(of(fresh(call, 'bytes')), used(call, 'number'))
define('Uint8Array.prototype: slice subarray map filter toReversed toSorted with', call => {
  const path = call.token.path!
  if (/map|filter|toSorted/.test(path))
    use(call, 'number', callBack(call, arg(call, 0), [NUM, NUM, call.self], arg(call, 1)))
  // A view: what is written to it is written to the whole. A Buffer's slice is one too.
  if (path.endsWith('subarray')) return call.self
  return path.endsWith('.slice') ? join(bytes(call), call.self) : bytes(call)
})
define('Uint8Array.prototype: join toString toHex toBase64', pure(STR, 'string'))
define(
  'Uint8Array.prototype: at indexOf lastIndexOf readUInt8 readUInt16BE readUInt16LE readUInt32BE readUInt32LE readInt32BE readInt32LE getUint8 getUint16 getUint32 getInt8 getInt16 getInt32 getFloat32 getFloat64',
  pure(join(NUM, UNDEF), 'string'),
)
define('Uint8Array.prototype: includes equals', pure(BOOL, 'string'))
define(
  'Uint8Array.prototype: set fill copyWithin reverse sort write setUint8 setUint16 setUint32 setInt8 setInt16 setInt32 setFloat32 setFloat64 writeUInt8 writeUInt16BE writeUInt16LE writeUInt32BE writeUInt32LE',
  call => {
    changes(call)
    const taint = used(call, 'number', false)
    put(call, tainted(NUM, taint))
    if (call.token.path!.endsWith('sort')) callBack(call, arg(call, 0), [NUM, NUM])
    return call.self
  },
)
define('Uint8Array.prototype: forEach some every find findIndex reduce', call => {
  const out = callBack(call, arg(call, 0), [NUM, NUM, NUM, call.self], arg(call, 1))
  if (!call.token.path!.endsWith('reduce')) return new Value(127)
  return join(out, callBack(call, arg(call, 0), [join(out, arg(call, 1)), NUM, NUM, call.self]))
})
define('Uint8Array.prototype: values keys @@iterator', call => iteratorOf(call, NUM))
define('Uint8Array.prototype: text arrayBuffer bytes', call =>
  promiseOf(call, call.token.path!.endsWith('text') ? STR : of(fresh(call, 'bytes'))),
)
define('Buffer: from alloc concat', call => {
  const made = viewOf(call)
  for (const token of made.tokens) token.path ??= 'Buffer'
  return tainted(made, used(call, 'deep', false))
})
define('Buffer: byteLength compare', pure(NUM, 'string', false))
define('Buffer: isBuffer isEncoding', () => BOOL)
for (const name of ['TextEncoder', 'TextDecoder']) {
  define(`: ${name}`, call => tainted(of(fresh(call, 'codec')), used(call, 'json', false)))
  NAMESPACES.add(name)
}
define('Codec.prototype: encode', bytes)
define('Codec.prototype: decode', call => {
  // With `stream: true` it keeps what it has of a character.
  if (call.args.list.length > 1 || call.args.rest !== BOTTOM) changes(call, '*')
  return tainted(STR, used(call, 'string', false))
})
define(': structuredClone', call => {
  if (call.args.list.length > 1 || call.args.rest !== BOTTOM) {
    const all = reach(call, allArguments(call.args))
    changes(
      call,
      '*',
      new Value(
        0,
        [],
        all.tokens.filter(token => token.kind === 'bytes'),
      ),
    )
  }
  const taint = used(call, 'json', false)
  if (reach(call, arg(call, 0)).tokens.some(token => token.kind === 'error'))
    return ambient(call, 'copies an error with its stack trace')
  return tainted(of(fresh(call, 'data')), taint)
})

// ---------------------------------------------------------------- promises

function promiseOf(call: Call, value: Value, tag = ''): Value {
  const made = fresh(call, 'promise', tag)
  call.machine.init(
    made,
    '[]',
    call.machine.resolved(call.frame, value, call.site),
    call.frame.under,
  )
  return of(made)
}

define(': Promise', call => {
  const made = fresh(call, 'promise')
  const resolve = fresh(call, 'middleware', 'resolve')
  resolve.path = 'resolve'
  resolve.parts = [of(made)]
  const reject = fresh(call, 'middleware', 'reject')
  reject.path = 'reject'
  call.machine.call(
    call.frame,
    arg(call, 0),
    UNDEF,
    { list: [of(resolve), of(reject)], rest: BOTTOM },
    call.site,
  )
  return of(made)
})
NAMESPACES.add('Promise')
define(': @resolve', call => {
  const { machine, frame, site } = call
  for (const token of call.token.parts![0]!.tokens) {
    if (machine.outlives(frame, token))
      machine.noteWrite(frame, token, '[]', site, 'settles a promise that outlives the request')
    machine.init(token, '[]', machine.resolved(frame, arg(call, 0), site), frame.under)
  }
  return UNDEF
})
define(': @reject', call => {
  call.machine.grow(call.machine.thrown(call.frame.context), allArguments(call.args))
  return UNDEF
})
define(': @commonjs', call => call.machine.commonJs(call))
define('Promise: resolve', call =>
  promiseOf(call, call.args.list.length || call.args.rest !== BOTTOM ? arg(call, 0) : UNDEF),
)
define('Promise: reject', call => {
  call.machine.grow(call.machine.thrown(call.frame.context), allArguments(call.args))
  return promiseOf(call, BOTTOM)
})
define('Promise: all', call =>
  promiseOf(
    call,
    listOf(call, call.machine.resolved(call.frame, each(call, arg(call, 0)), call.site)),
  ),
)
define('Promise: allSettled', call => {
  const result = fresh(call, 'object', 'result')
  call.machine.init(result, 'status', STR)
  call.machine.init(
    result,
    'value',
    call.machine.resolved(call.frame, each(call, arg(call, 0)), call.site),
  )
  call.machine.init(
    result,
    'reason',
    call.machine.get(call.frame, call.machine.thrown(call.frame.context)),
  )
  return promiseOf(call, listOf(call, of(result)))
})
define('Promise: race any', call => {
  const value = call.machine.resolved(call.frame, each(call, arg(call, 0)), call.site)
  return ambient(
    { ...call, args: NO_ARGS },
    `depends on which promise is first: Promise.${call.token.path!.slice(8)}()`,
    promiseOf(call, value),
  )
})
define('Promise.prototype: then', call => {
  const value = call.machine.resolved(call.frame, call.self, call.site)
  let out = BOTTOM
  if (arg(call, 0).tokens.length || arg(call, 0).doubt)
    out = call.machine.callLater(
      call.frame,
      arg(call, 0),
      { list: [value], rest: BOTTOM },
      call.site,
    )
  else out = value
  const { machine, frame } = call
  if (arg(call, 1).tokens.length || arg(call, 1).doubt)
    out = join(
      out,
      machine.callLater(frame, arg(call, 1), { list: [caught(call)], rest: BOTTOM }, call.site),
    )
  return promiseOf(call, tainted(out, value.taint))
})
define('Promise.prototype: catch', call => {
  const value = call.machine.resolved(call.frame, call.self, call.site)
  return promiseOf(
    call,
    join(
      value,
      call.machine.callLater(
        call.frame,
        arg(call, 0),
        { list: [caught(call)], rest: BOTTOM },
        call.site,
      ),
    ),
  )
})
define('Promise.prototype: finally', call => {
  call.machine.callLater(call.frame, arg(call, 0), NO_ARGS, call.site)
  return promiseOf(call, call.self)
})

function caught(call: Call): Value {
  const error = fresh(call, 'error', 'caught')
  error.path = 'engine'
  return join(of(error), call.machine.get(call.frame, call.machine.thrown(call.frame.context)))
}

// ---------------------------------------------------------------- errors

for (const name of [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
]) {
  define(`: ${name}`, call => {
    const made = fresh(call, 'error')
    const taint = call.machine.convert(call.frame, arg(call, 0), 'string', call.site)
    call.machine.init(made, 'message', tainted(STR, taint), call.frame.under)
    call.machine.init(made, 'name', STR)
    const cause = call.machine.read(call.frame, arg(call, 1), 'cause', call.site)
    if (!cause.isBottom) call.machine.init(made, 'cause', cause)
    return of(made)
  })
  NAMESPACES.add(name)
}
define('Error.prototype: toString', pure(STR, 'string'))
// The trace is written to the object; reading it is what tells.
define('Error: captureStackTrace', call => {
  changes(call, 'stack', arg(call, 0))
  put(
    call,
    tainted(STR, { kind: 'ambient', message: 'holds a stack trace', site: call.site }),
    'stack',
    arg(call, 0),
  )
  if (call.frame.context.kind === 'call')
    put(call, doubtful('reads a stack trace', call.site), 'stack', arg(call, 0))
  return UNDEF
})
for (const name of [
  'Error',
  'Array',
  'Object',
  'Function',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'BigInt',
  'Map',
  'Set',
  'WeakMap',
  'Promise',
  'RegExp',
  'Date',
  'Uint8Array',
  'URL',
  'Headers',
  'Response',
  'Generator',
])
  NAMESPACES.add(`${name}.prototype`)

// ---------------------------------------------------------------- dates

define(': Date', call => {
  const { machine, frame, site } = call
  if (!call.options.construct)
    return ambient({ ...call, args: NO_ARGS }, 'reads the clock: Date()', STR)
  const made = fresh(call, 'date')
  const isEmpty = call.args.list.length === 0
  if (isEmpty) {
    if (call.args.rest !== BOTTOM) machine.convert(frame, call.args.rest, 'number', site)
    machine.init(
      made,
      '[]',
      ambient({ ...call, args: NO_ARGS }, 'reads the clock: new Date()', NUM),
    )
    return tainted(of(made), machine.get(frame, machine.prop(made, '[]')).taint)
  }
  const taint = used(call, 'number', false)
  if (call.args.list.length > 1) {
    machine.init(
      made,
      '[]',
      ambient(
        { ...call, args: NO_ARGS },
        "uses the machine's time zone: new Date(year, month, …)",
        NUM,
      ),
    )
    return tainted(of(made), machine.get(frame, machine.prop(made, '[]')).taint)
  }
  const first = arg(call, 0)
  if (
    first.bits & UNDEFINED &&
    !(first.bits & ~UNDEFINED) &&
    first.tokens.length + first.strings.length === 0
  )
    machine.convert(frame, first, 'number', site)
  if (first.strings.some(one => !isZoned(one))) {
    machine.init(
      made,
      '[]',
      ambient(
        { ...call, args: NO_ARGS },
        "uses the machine's time zone: new Date() of text without a zone",
        NUM,
      ),
    )
    return tainted(of(made), machine.get(frame, machine.prop(made, '[]')).taint)
  }
  machine.init(made, '[]', tainted(NUM, taint), frame.under)
  return tainted(of(made), taint)
})
NAMESPACES.add('Date')
define('Date: UTC', pure(NUM, 'number', false))
define('Date: parse', call => {
  const taint = used(call, 'string', false)
  if (arg(call, 0).strings.some(one => !isZoned(one)))
    return ambient(
      { ...call, args: NO_ARGS },
      "uses the machine's time zone: Date.parse() of text without a zone",
      NUM,
    )
  return tainted(NUM, taint)
})
define(
  'Date.prototype: getTime valueOf getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds',
  call => tainted(NUM, dateTaint(call)),
)
define('Date.prototype: toISOString toJSON toUTCString toGMTString', call =>
  tainted(STR, dateTaint(call)),
)
define(
  'Date.prototype: setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds',
  call => {
    changes(call)
    const taint = used(call, 'number', false)
    put(call, tainted(NUM, taint))
    return tainted(NUM, taint)
  },
)
define('Date.prototype: toLocaleDateString toLocaleTimeString toLocaleString', call =>
  tainted(localized({ ...call, self: BOTTOM }, 0, true), dateTaint(call)),
)
define(
  'Date.prototype: getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getYear getTimezoneOffset',
  call => localTime(call, NUM),
)
define('Date.prototype: toString toDateString toTimeString', call => localTime(call, STR))
define(
  'Date.prototype: setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setYear',
  call => {
    changes(call)
    const value = localTime(call, NUM)
    put(call, value)
    return value
  },
)

function dateTaint(call: Call): Taint | null {
  let taint = call.self.taint
  for (const token of call.self.tokens)
    taint = strongerTaint(
      taint,
      call.machine.readToken(call.frame, token, '[]', of(token), call.site).taint,
    )
  return taint
}

function localTime(call: Call, value: Value): Value {
  const name = call.token.path!.split('.').at(-1)
  return ambient({ ...call, args: NO_ARGS }, `uses the machine's time zone: ${name}()`, value)
}

/** Whether a date written out says its zone; a date alone is UTC. */
function isZoned(text: string): boolean {
  return (
    /^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$/.test(text) ||
    /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ||
    /GMT$/.test(text)
  )
}

// ---------------------------------------------------------------- Intl

for (const name of [
  'DateTimeFormat',
  'NumberFormat',
  'PluralRules',
  'ListFormat',
  'RelativeTimeFormat',
  'Collator',
  'DisplayNames',
  'Segmenter',
]) {
  define(`Intl: ${name}`, call => {
    const made = fresh(call, 'intl')
    made.path = name
    const taint = used(call, 'json', false)
    if (!isGiven(arg(call, 0)))
      return ambient(
        { ...call, args: NO_ARGS },
        `uses the machine's locale: Intl.${name}()`,
        of(made),
      )
    if (name === 'DateTimeFormat' && !hasZone(call, arg(call, 1)))
      return ambient(
        { ...call, args: NO_ARGS },
        "uses the machine's time zone: Intl.DateTimeFormat()",
        of(made),
      )
    return tainted(of(made), taint)
  })
}
define('Intl.prototype: format select of', call => {
  const { machine, frame, site } = call
  // Without a date it takes the present one.
  const isDate = call.self.tokens.some(token => token.path === 'DateTimeFormat')
  const taint = machine.convert(frame, allArguments(call.args), 'json', site)
  if (
    isDate &&
    (call.args.list.length === 0 ||
      (arg(call, 0).bits & UNDEFINED &&
        arg(call, 0).tokens.length === 0 &&
        !(arg(call, 0).bits & 8)))
  )
    return ambient({ ...call, args: NO_ARGS }, 'reads the clock: format() of no date', STR)
  return tainted(STR, strongerTaint(taint, call.self.taint))
})
define('Intl.prototype: compare', call =>
  tainted(NUM, strongerTaint(used(call, 'string', false), call.self.taint)),
)
define('Intl.prototype: formatToParts formatRange segment', call => {
  const isDate = call.self.tokens.some(token => token.path === 'DateTimeFormat')
  if (isDate && call.args.list.length === 0)
    return ambient({ ...call, args: NO_ARGS }, 'reads the clock: format() of no date', STR)
  return tainted(of(fresh(call, 'data')), strongerTaint(used(call, 'json', false), call.self.taint))
})

// ---------------------------------------------------------------- JSON

NAMESPACES.add('JSON')
define('JSON: parse', call => {
  const taint = call.machine.convert(call.frame, arg(call, 0), 'string', call.site)
  const made = of(fresh(call, 'data'))
  const by = arg(call, 1)
  let out: Value = tainted(join(made, new Value(UNDEFINED | NULL | 4 | 8 | STRING)), taint)
  out = new Value(out.bits & ~UNDEFINED, out.strings, out.tokens, out.taint, out.doubt)
  if (by.tokens.length || by.doubt) out = join(out, callBack(call, by, [STR, out], made))
  if (by.tokens.length) for (const token of made.tokens) call.machine.init(token, '[]', out)
  return out
})
define('JSON: stringify', call => {
  const { machine, frame, site } = call
  let taint = machine.convert(frame, arg(call, 0), 'json', site)
  const by = arg(call, 1)
  if (by.tokens.some(isCallable) || by.doubt) {
    const out = machine.call(
      frame,
      by,
      reach(call, arg(call, 0)),
      { list: [STR, reach(call, arg(call, 0))], rest: BOTTOM },
      site,
    )
    taint = strongerTaint(taint, machine.convert(frame, out, 'json', site))
  } else taint = strongerTaint(taint, machine.convert(frame, by, 'string', site))
  return tainted(join(STR, UNDEF), taint)
})

/** The value and everything in it. */
function reach(call: Call, value: Value, seen = new Set<Token>()): Value {
  let out = value
  for (const token of value.tokens) {
    if (seen.has(token)) continue
    seen.add(token)
    for (const name of call.machine.namesOf(call.frame, token))
      out = join(
        out,
        reach(call, call.machine.get(call.frame, call.machine.prop(token, name)), seen),
      )
  }
  return out
}

// ---------------------------------------------------------------- symbols

define(': Symbol', pure(SYM, 'string', false))
NAMESPACES.add('Symbol')
define('Symbol: for', pure(SYM, 'string', false))
for (const name of [
  'iterator',
  'asyncIterator',
  'toPrimitive',
  'toStringTag',
  'hasInstance',
  'species',
  'isConcatSpreadable',
  'split',
  'match',
  'matchAll',
  'replace',
  'search',
  'unscopables',
  'dispose',
  'asyncDispose',
])
  NAMESPACES.add(`Symbol.${name}`)

// ---------------------------------------------------------------- Fetch

define(': Response', call => {
  const taint = used(call, 'deep', false)
  const made = fresh(call, 'response')
  call.machine.init(made, '[]', tainted(BOTTOM, taint))
  noteCookies(call, arg(call, 1))
  return tainted(of(made), taint)
})
NAMESPACES.add('Response')
define('Response: json', call => {
  noteCookies(call, arg(call, 1))
  return tainted(of(fresh(call, 'response')), used(call, 'json', false))
})
define('Response: redirect error', call =>
  tainted(of(fresh(call, 'response')), used(call, 'string', false)),
)
define('Response.prototype: clone', call => responseUse(call, of(fresh(call, 'response', 'clone'))))
define('Response.prototype: text', call => responseUse(call, promiseOf(call, STR)))
define('Response.prototype: json', call =>
  responseUse(call, promiseOf(call, of(fresh(call, 'data', 'body')))),
)
define('Response.prototype: arrayBuffer bytes', call =>
  responseUse(call, promiseOf(call, of(fresh(call, 'bytes', 'body')))),
)

function responseUse(call: Call, value: Value): Value {
  for (const token of call.self.tokens)
    if (token.context !== call.frame.context && call.frame.context.kind === 'call')
      call.machine.effect(call.frame, 'uses one Response for several requests', call.site)
  return value
}

/** `set-cookie` among headers that are written out. */
export function noteCookies(call: Call, init: Value): void {
  const { machine, frame, site } = call
  for (const token of init.tokens) {
    const headers = machine.readToken(frame, token, 'headers', of(token), site)
    for (const one of headers.tokens) noteCookieNames(call, one)
  }
}

export function noteCookieNames(call: Call, headers: Token): void {
  for (const name of call.machine.namesOf(call.frame, headers))
    if (name.toLowerCase() === 'set-cookie' && call.frame.context.kind === 'call')
      call.machine.effect(call.frame, 'sets a cookie', call.site)
}

export function isCookie(value: Value): boolean {
  return value.strings.some(name => name.toLowerCase() === 'set-cookie')
}

define(': Headers', call => {
  const made = fresh(call, 'headers')
  const taint = used(call, 'deep', false)
  call.machine.init(made, '[]', tainted(STR, taint))
  call.machine.init(made, '[k]', tainted(STR, taint))
  for (const token of arg(call, 0).tokens) noteCookieNames(call, token)
  return of(made)
})
NAMESPACES.add('Headers')
define(': URLSearchParams', call => {
  const made = fresh(call, 'query')
  const taint = used(call, 'deep', false)
  call.machine.init(made, '[]', tainted(STR, taint))
  call.machine.init(made, '[k]', tainted(STR, taint))
  return of(made)
})
NAMESPACES.add('URLSearchParams')
define(': URL', call => {
  const taint = used(call, 'string', false)
  const made = fresh(call, 'url')
  call.machine.init(made, '[]', tainted(STR, taint))
  return tainted(of(made), taint)
})
define('URL: canParse', pure(BOOL, 'string', false))
define('URL.prototype: toString toJSON', call => tainted(STR, dateTaint(call)))
for (const owner of ['Headers.prototype', 'URLSearchParams.prototype']) {
  define(`${owner}: get`, call => join(held(call, '[]'), join(STR, NUL)))
  define(`${owner}: getAll getSetCookie`, call => listOf(call, held(call, '[]')))
  define(`${owner}: has`, call => tainted(BOOL, held(call, '[]').taint))
  define(`${owner}: toString`, call => tainted(STR, held(call, '[]').taint))
  define(`${owner}: set append delete sort`, call => {
    if (owner.startsWith('Headers') && isCookie(arg(call, 0)) && call.frame.context.kind === 'call')
      call.machine.effect(call.frame, 'sets a cookie', call.site)
    changes(call)
    const taint = used(call, 'string', false)
    put(call, tainted(STR, taint))
    put(call, tainted(STR, taint), '[k]')
    return UNDEF
  })
  define(`${owner}: keys values`, call => iteratorOf(call, tainted(STR, held(call, '[]').taint)))
  define(`${owner}: entries @@iterator`, call => iteratorOf(call, pairOf(call, STR, STR)))
  define(`${owner}: forEach`, call => {
    callBack(call, arg(call, 0), [STR, STR, call.self])
    return UNDEF
  })
}

// ---------------------------------------------------------------- what differs

for (const [path, message] of Object.entries({
  'Date.now': 'reads the clock: Date.now()',
  'Math.random': 'draws a random number: Math.random()',
  'performance.now': 'reads the clock: performance.now()',
  'crypto.randomUUID': 'draws a random number: crypto.randomUUID()',
  'crypto.getRandomValues': 'draws a random number: crypto.getRandomValues()',
  fetch: 'asks the network: fetch()',
  WeakRef: 'depends on garbage collection: WeakRef',
  FinalizationRegistry: 'depends on garbage collection: FinalizationRegistry',
  Proxy: 'uses a Proxy, which the compiler does not follow',
  SharedArrayBuffer: 'shares memory: SharedArrayBuffer',
  WebAssembly: 'runs WebAssembly, which the compiler does not follow',
}))
  SUMMARIES.set(path, call => ambient(call, message))

for (const name of [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process.nextTick',
]) {
  SUMMARIES.set(name, call => {
    const { machine, frame, site } = call
    if (arg(call, 0).mayBeString)
      machine.tampering.push({
        message: 'runs text as code: setTimeout()',
        site,
        context: frame.context,
      })
    machine.callLater(
      frame,
      arg(call, 0),
      { list: call.args.list.slice(2), rest: call.args.rest },
      site,
    )
    return ambient({ machine, frame, site }, `starts a timer: ${name}()`, NUM)
  })
}
define(': clearTimeout clearInterval clearImmediate', call => {
  if (call.frame.context.kind === 'call')
    call.machine.effect(call.frame, 'stops a timer', call.site)
  return UNDEF
})
NAMESPACES.add('console')
define(
  'console: log info warn error debug trace table dir group groupEnd groupCollapsed time timeEnd timeLog count countReset assert',
  call => {
    used(call, 'deep', false)
    const name = call.token.path!
    if (call.frame.context.kind === 'call')
      call.machine.effect(call.frame, `writes to the log: ${name}()`, call.site)
    return UNDEF
  },
)
NAMESPACES.add('crypto.subtle')
define('crypto.subtle: digest', call =>
  promiseOf(call, tainted(of(fresh(call, 'bytes')), used(call, 'json', false))),
)

// ---------------------------------------------------------------- node: modules

/** Files read while loading are inputs of the build, whatever path they were found at. */
function reads(call: Call, value: (call: Call) => Value): Value {
  const { machine, frame, site } = call
  const name = call.token.path!.split('.').at(-1)
  let taint = used({ ...call, self: BOTTOM }, 'deep', false)
  if (taint?.kind === 'location') taint = null
  taint = strongerTaint(taint, machine.filesWritten)
  if (frame.context.kind !== 'load')
    return ambient(
      { machine, frame, site },
      `reads a file while it answers: ${name}()`,
      value(call),
    )
  return tainted(value(call), taint)
}

/** Text where an encoding is given, else bytes. */
const content: Summary = call =>
  reads(call, () => {
    const { machine, frame, site } = call
    const how = arg(call, 1)
    const named = join(
      new Value(0, how.strings),
      machine.read(frame, new Value(0, [], how.tokens), 'encoding', site),
    )
    const isText = named.strings.length > 0 && !named.bits && !how.bits && !how.doubt
    return isText ? STR : join(STR, of(fresh(call, 'bytes')))
  })
const names: Summary = call => reads(call, () => listOf(call, STR))
const stats: Summary = call => reads(call, () => join(of(fresh(call, 'stats')), UNDEF))
const exists: Summary = call => reads(call, () => BOOL)
const promised =
  (summary: Summary): Summary =>
  call => {
    const value = summary(call)
    return tainted(promiseOf(call, value, 'promised'), value.taint)
  }

for (const owner of ['node:fs']) {
  define(`${owner}: readFileSync`, content)
  define(`${owner}: readdirSync`, names)
  define(`${owner}: statSync lstatSync`, stats)
  define(`${owner}: existsSync`, exists)
  for (const name of [
    'writeFileSync',
    'appendFileSync',
    'mkdirSync',
    'rmSync',
    'renameSync',
    'unlinkSync',
    'copyFileSync',
    'utimesSync',
  ])
    SUMMARIES.set(`${owner}.${name}`, wroteFile)
}
NAMESPACES.add('node:fs.promises')
for (const owner of ['node:fs/promises', 'node:fs.promises']) {
  define(`${owner}: readFile`, promised(content))
  define(`${owner}: readdir`, promised(names))
  define(`${owner}: stat lstat`, promised(stats))
}
NAMESPACES.add('Stats.prototype')
define('Stats.prototype: isFile isDirectory isSymbolicLink', call => tainted(BOOL, call.self.taint))

function wroteFile(call: Call): Value {
  const { machine, frame, site } = call
  const message = 'reads files that code of the project writes'
  if (frame.context.kind !== 'call') machine.filesWritten ??= { kind: 'ambient', message, site }
  return ambient(call, `writes a file: ${call.token.path!.split('.').at(-1)}()`)
}

for (const owner of ['node:path', 'node:path/posix', 'node:path.posix']) {
  define(
    `${owner}: join basename dirname extname normalize format isAbsolute`,
    pure(STR, 'json', false),
  )
  define(`${owner}: parse`, call => tainted(of(fresh(call, 'data')), used(call, 'json', false)))
  define(`${owner}: resolve relative`, call => {
    if (call.frame.context.kind === 'call')
      call.machine.effect(
        call.frame,
        `depends on the working directory: ${call.token.path!.split('.').at(-1)}()`,
        call.site,
      )
    const taint = used(call, 'string', false)
    return tainted(
      STR,
      strongerTaint(taint, {
        kind: 'location',
        message: 'depends on the working directory',
        site: call.site,
      }),
    )
  })
}
for (const name of ['sep', 'delimiter']) CONSTANTS.set(`node:path.${name}`, STR)
define('node:url: fileURLToPath', pure(STR, 'string', false))
define('node:url: pathToFileURL', call =>
  tainted(of(fresh(call, 'url')), used(call, 'string', false)),
)
define('node:crypto: createHash createHmac', call =>
  tainted(of(fresh(call, 'hash')), used(call, 'deep', false)),
)
NAMESPACES.add('Hash.prototype')
define('Hash.prototype: update', call => {
  changes(call)
  put(call, tainted(STR, used(call, 'deep', false)))
  return call.self
})
define('Hash.prototype: digest', call => {
  changes(call)
  const taint = dateTaint(call)
  return tainted(arg(call, 0).strings.length ? STR : join(STR, of(fresh(call, 'bytes'))), taint)
})
define('node:assert: ok equal strictEqual deepEqual deepStrictEqual', call => {
  used(call, 'json', false)
  return UNDEF
})
for (const [name, path] of [['Buffer', 'node:buffer.Buffer']] as const)
  for (const key of [...SUMMARIES.keys()])
    if (key.startsWith(`${name}.`))
      SUMMARIES.set(path + key.slice(name.length), SUMMARIES.get(key)!)
for (const name of ['node:buffer', 'node:buffer.Buffer', 'node:fs', 'node:path.posix'])
  NAMESPACES.add(name)

/** What instances of a class that extends a builtin are; null where that is not followed. */
export function constructKind(m: Machine, f: Frame, token: Token): Kind | null {
  const parents = m.partsOf(f, token)[0]
  if (!parents) return 'object'
  if (parents.doubt) return null
  let kind: Kind | null = null
  for (const parent of parents.tokens) {
    const next =
      parent.kind === 'function'
        ? constructKind(m, f, parent)
        : parent.kind === 'builtin'
          ? EXTENDED[parent.path!]
          : null
    if (!next || (kind && kind !== next)) return null
    kind = next
  }
  return kind ?? 'object'
}

const EXTENDED: Record<string, Kind> = {
  Object: 'object',
  Error: 'error',
  TypeError: 'error',
  RangeError: 'error',
  SyntaxError: 'error',
  Map: 'map',
  Set: 'set',
  WeakMap: 'weak',
  Array: 'array',
  'hono/http-exception.HTTPException': 'error',
}
