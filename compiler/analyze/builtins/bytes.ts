// Bytes: buffers and their views, Blob, Buffer, and the codecs of text. A buffer and its views count as one
// object, and all views have the members of Uint8Array.

import { arg, callBack, changes, pure, use, used } from './call.ts'
import { each, put } from './contents.ts'
import { fresh, iteratorOf, hostPromise } from './make.ts'
import { type Call, CONSTANTS, define, NAMESPACES, SUMMARIES, type Summary } from './registry.ts'
import { BOOL, BOTTOM, join, NUM, of, STR, tainted, UNDEF, Value } from '../value.ts'

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
define('Uint8Array.prototype: join toString', pure(STR, 'string'))
define(
  'Uint8Array.prototype: at indexOf lastIndexOf readUInt8 readUInt16BE readUInt16LE readUInt32BE readUInt32LE readInt32BE readInt32LE getUint8 getUint16 getUint32 getInt8 getInt16 getInt32 getFloat32 getFloat64',
  pure(join(NUM, UNDEF), 'string'),
)
define('Uint8Array.prototype: includes equals', pure(BOOL, 'string'))
define(
  'Uint8Array.prototype: set fill copyWithin reverse sort write setUint8 setUint16 setUint32 setInt8 setInt16 setInt32 setFloat32 setFloat64 writeUInt8 writeUInt16BE writeUInt16LE writeUInt32BE writeUInt32LE',
  call => {
    changes(call)
    // `set` takes a list, or what looks like one.
    const how = call.token.path!.endsWith('.set') ? 'deep' : 'number'
    const taint = used(call, how, false)
    put(call, tainted(NUM, taint))
    if (call.token.path!.endsWith('sort')) callBack(call, arg(call, 0), [NUM, NUM])
    return call.self
  },
)
define('Uint8Array.prototype: forEach some every find findIndex reduce', call => {
  const out = callBack(
    call,
    arg(call, 0),
    [NUM, NUM, join(NUM, call.self), call.self],
    arg(call, 1),
  )
  if (!call.token.path!.endsWith('reduce')) return new Value(127)
  return join(out, callBack(call, arg(call, 0), [join(out, arg(call, 1)), NUM, NUM, call.self]))
})
define('Uint8Array.prototype: values keys @@iterator', call => iteratorOf(call, NUM))
define('Uint8Array.prototype: text arrayBuffer bytes', call =>
  hostPromise(call, call.token.path!.endsWith('text') ? STR : of(fresh(call, 'bytes'))),
)
define('Buffer: from alloc concat', call => {
  const made = viewOf(call)
  for (const token of made.tokens) token.path ??= 'Buffer'
  return tainted(made, used(call, 'deep', false))
})
define('Buffer: byteLength compare', pure(NUM, 'string', false))
define('Buffer: isBuffer isEncoding', () => BOOL)

for (const key of [...SUMMARIES.keys()])
  if (key.startsWith('Buffer.')) SUMMARIES.set(`node:buffer.${key}`, SUMMARIES.get(key)!)
for (const name of ['node:buffer', 'node:buffer.Buffer']) NAMESPACES.add(name)

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
