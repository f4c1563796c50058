// static: an id of given bytes
import { customRandom, urlAlphabet } from 'nanoid'

const id = customRandom(urlAlphabet, 8, size => new Uint8Array(size).map((_, index) => index * 7))

export const GET = c => c.text(id())
