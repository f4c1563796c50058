// What the inner parts cost: parser, path, table, negotiation, heads. Each gives the right answer first.
//   node benches/parts.mjs [--once] [--sizes 10,100000] [FILTER]
// and the same with bun and deno in place of node. FILTER: only parts whose group or name contains it.
// --once: runs each once, which shows that it is right, and measures nothing. Measuring takes mitata:
// `npm ci --ignore-scripts --prefix benches`.

import process from 'node:process'
import { parseArgs } from 'node:util'
import { partsOf } from './lib/parts.mjs'

const { values, positionals } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '10,100000' },
  },
  allowPositionals: true,
})

const [filter = ''] = positionals
const all = await partsOf(values.sizes.split(',').map(Number))
const parts = all.filter(({ group, name }) => `${group} ${name}`.includes(filter))
for (const { group, name, run, isRight } of parts)
  if (!isRight(run())) throw new Error(`${group}: ${name} gives another answer`)

if (values.once) console.log(`${parts.length} parts are right`)
else await measure()
process.exit()

async function measure() {
  const { bench, do_not_optimize, group, run } = await import('mitata')
  for (const title of new Set(parts.map(part => part.group)))
    group(title, () => {
      for (const part of parts.filter(one => one.group === title))
        bench(part.name, () => do_not_optimize(part.run()))
    })
  await run({ colors: process.stdout.isTTY && !process.env.NO_COLOR })
}
