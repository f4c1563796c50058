// Where things stand in `static.bin`; numbers are little-endian. `compiler/pack.ts` writes it,
// `load.ts` reads it.
//
//   magic, format      HEADER bytes
//   heads and bodies   in order of arrival, equal ones once
//   text               keys and entity tags, in ASCII
//   variants           VARIANT bytes each
//   entries            ENTRY bytes each, by rising key
//   slots              a hash table of entry numbers + 1, four bytes each, 0 for none
//   trailer            where text, variants and entries begin, how many entries there are, where
//                      the slots begin, how many there are
//
// A body that is a file of its own (the byte at 25 of a variant is 1) has its number in the manifest
// for an offset, and a length of 48 bits.
//
// The index stands last, so that writing needs no memory for bodies. Offsets have 32 bits and hosts
// read files of up to 2 GiB into memory, which is the limit.

export const MAGIC = 'precast\n'
export const HEADER = 16
export const VARIANT = 28
export const ENTRY = 32
export const TRAILER = 24
export const LARGEST = 2 ** 31 - 1

/** FNV-1a over the characters of a key, which are ASCII. */
export function hash(key: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < key.length; i++) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193)
  // The low bits pick the slot, and FNV mixes them least.
  return (value ^ (value >>> 15)) >>> 0
}
