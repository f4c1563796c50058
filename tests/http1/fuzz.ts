// Runs many inputs by hand: `node --import=tsx tests/http1/fuzz.ts --inputs 10000000 --seed 1
// [--against plain,llhttp,uws] [--log FILE]`. Prints what it goes through; exits 1 after ten
// differences, and after the last input where there were any.

import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ofFast, ofLlhttp, ofUws } from './differences.ts'
import { generate } from './grammar.ts'
import { random } from './memory.ts'
import { fast, llhttp, plain, seen } from './readers.ts'
import { startUws } from './uws.ts'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    against: { type: 'string', default: 'plain,llhttp,uws' },
    log: { type: 'string' },
  },
})
const inputs = Number(values.inputs)
const against = new Set(values.against.split(','))
const next = random(Number(values.seed))
/** A series of its own, so that the inputs of a seed are the same whatever they are run against. */
const cut = random(Number(values.seed) + 1)
/** Connections to uws at once. */
const LINES = 32

const uws = against.has('uws') ? await startUws() : 'not asked for'
const began = performance.now()
let done = 0
let requests = 0
let started = 0
let differences = 0

function say(line: string): void {
  console.log(line)
  if (values.log) appendFileSync(values.log, `${line}\n`)
}

function note(difference: string | null, input: unknown): void {
  if (difference === null) return
  differences++
  say(`${difference}: ${JSON.stringify(input)}`)
}

/** Whole; in two and in several pieces; for some byte by byte, and at each place for a few. */
function ways(text: string, index: number): string[][] {
  const at = () => Math.floor(cut() * (text.length + 1))
  const [a, b, c] = [at(), at(), at()].sort((x, y) => x - y) as [number, number, number]
  const list = [[text], [text.slice(0, a), text.slice(a, b), text.slice(b, c), text.slice(c)]]
  if (index % 32 === 0) list.push([...text])
  if (index % 2000 === 0)
    for (let i = 1; i < text.length; i++) list.push([text.slice(0, i), text.slice(i)])
  return list.map(pieces => pieces.filter(piece => piece !== ''))
}

async function line(): Promise<void> {
  while (started < inputs && differences < 10) {
    const index = started++
    const text = generate(next)
    const reading = plain(text)
    requests += reading.messages.length
    if (against.has('plain')) {
      const want = seen(reading)
      for (const way of ways(text, index)) note(ofFast(want, await fast(way)), way)
    }
    if (against.has('llhttp')) note(ofLlhttp(reading, llhttp(text)), text)
    if (typeof uws !== 'string') note(ofUws(reading, await uws.read(text)), text)
    if (++done % 100_000 === 0) report()
    // Promises alone would keep signals from being heard.
    if (done % 1_000 === 0) await new Promise(resolve => setImmediate(resolve))
  }
}

function report(): void {
  const seconds = (performance.now() - began) / 1000
  say(
    `${done} inputs with ${requests} requests against ${values.against}, seed ${values.seed}: ` +
      `${differences} differences, ${seconds.toFixed(0)} s`,
  )
}

if (against.has('uws') && typeof uws === 'string') throw new Error(uws)
await Promise.all(Array.from({ length: typeof uws === 'string' ? 1 : LINES }, line))
if (typeof uws !== 'string') await uws.stop()
if (done % 100_000 !== 0) report()
process.exitCode = differences > 0 ? 1 : 0
