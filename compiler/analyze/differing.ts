// Members of the language and the hosts that Node, Bun and Deno do not all have: whoever asks for one,
// also in vain, tells one from another. But for `toJSON`, which is asked for wherever something is
// handed over: that is seen when it runs. tests/analyze/differing.test.ts holds the list against the hosts.

const LISTS = [
  'AbortSignal.prototype: addEventListener removeEventListener',
  'Array: fromAsync',
  'ArrayBuffer.prototype: detached transfer transferToFixedLength',
  'Atomics: pause',
  'Blob.prototype: delete exists formData image json lastModified name stat textStream unlink write writer',
  'Buffer: of',
  'Buffer.prototype: readBigInt64 readBigUInt64 readDouble readFloat readInt16 readInt32 utf16leSlice utf16leWrite writeDouble writeFloat writeUInt16 writeUInt32 writeUint16 writeUint32',
  'Crypto: create registerSymbols',
  'Crypto.prototype: subtle timingSafeEqual',
  'CryptoKey: exportNodeMaterial fromCloneData importSync',
  'DataView: BYTES_PER_ELEMENT',
  'DataView.prototype: getFloat16 setFloat16',
  'Date.prototype: toTemporalInstant',
  'Error: appendStackTrace isError prepareStackTrace',
  'Event.prototype: AT_TARGET BUBBLING_PHASE CAPTURING_PHASE NONE initEvent initialized isTrusted',
  'EventTarget.prototype: getParent',
  'File.prototype: arrayBuffer bytes delete exists formData image json size slice stat stream text type unlink write writer',
  'FormData: from',
  'FormData.prototype: length',
  'Headers.prototype: count getAll',
  'Intl: DurationFormat',
  'Iterator: concat from prototype zip zipKeyed',
  'Iterator.prototype: chunks constructor drop every filter find flatMap forEach includes join map reduce some take toArray windows',
  'JSON: isRawJSON rawJSON',
  'Map: groupBy',
  'Map.prototype: getOrInsert getOrInsertComputed',
  'Math: f16round sumPrecise',
  'Object: groupBy',
  'Promise: try withResolvers',
  'ReadableStream.prototype: blob bytes json text',
  'RegExp: escape multiline',
  'Request.prototype: attribute destination duplex isHistoryNavigation isReloadNavigation keepalive textStream',
  'Response.prototype: textStream',
  'Set.prototype: difference intersection isDisjointFrom isSubsetOf isSupersetOf symmetricDifference union',
  'SubtleCrypto: create supports',
  'SubtleCrypto.prototype: decapsulateBits decapsulateKey encapsulateBits encapsulateKey getPublicKey',
  'Symbol: metadata',
  'URLSearchParams.prototype: length',
  'Uint8Array: fromBase64 fromHex',
  'Uint8Array.prototype: setFromBase64 setFromHex toBase64 toHex',
  'WeakMap.prototype: getOrInsert getOrInsertComputed',
]

/** Paths such as `Set.prototype.union`. */
export const DIFFERING: ReadonlySet<string> = new Set(
  LISTS.flatMap(list => {
    const [owner, names] = list.split(': ') as [string, string]
    return names.split(' ').map(name => `${owner}.${name}`)
  }),
)
