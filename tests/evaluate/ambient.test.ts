// Each ambient source, read in each way we know of, makes a handler dynamic with a reason that says
// what was read; what only looks alike stays a snapshot.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, jobFor, run, site } from './site.ts'

/** Handler expression -> what the reason has to say. `c` is the context. */
const IMPURE: [string, RegExp][] = [
  ['c.text(String(Date.now()))', /the clock: Date\.now\(\)/],
  ['c.text(new Date().toISOString())', /the clock: new Date\(\)/],
  ['c.text(Date())', /the clock: Date\(\)/],
  ['c.text(new (new Date(0).constructor)().toISOString())', /the clock: new Date\(\)/],
  [
    'c.text((class extends Date { constructor() { super() } }, new (class extends Date {})()).toISOString())',
    /the clock/,
  ],
  ['c.text(Reflect.construct(Date, []).toJSON())', /the clock/],
  ['c.text(String(performance.now()))', /the clock: performance\.now/],
  ['c.text(String(performance.timeOrigin))', /the clock: performance\.timeOrigin/],
  [
    'c.text(new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format())',
    /the clock: Intl\.DateTimeFormat/,
  ],
  ['c.text(new File([], "a").lastModified + "")', /the clock|the host|two evaluations/],
  ['c.text(new Date(0).getHours() + "")', /the local time zone: Date\.prototype\.getHours/],
  ['c.text(new Date(0).toString())', /the local time zone/],
  ['c.text(new Date(0) + "")', /the local time zone/],
  ['c.text(new Date(2020, 1, 1).toISOString())', /the local time zone: new Date\(year/],
  ['c.text(new Date("2020-01-01T00:00").toISOString())', /the local time zone/],
  ['c.text(Date.parse("Jan 1 2020") + "")', /the local time zone: Date\.parse/],
  ['c.text(new Date(0).toLocaleDateString("en"))', /the local time zone/],
  ['c.text(new Intl.DateTimeFormat("en").format(0))', /the local time zone/],
  ['c.text((1234.5).toLocaleString())', /the default locale/],
  [
    'c.text(["b", "a"].sort((a, b) => a.localeCompare(b)).join())',
    /the default locale: String\.prototype\.localeCompare/,
  ],
  ['c.text("i".toLocaleUpperCase())', /the default locale/],
  ['c.text(new Intl.NumberFormat().resolvedOptions().locale)', /the default locale/],
  ['c.text(new Intl.NumberFormat("xx").resolvedOptions().locale)', /the default locale/],
  ['c.text(String(Math.random()))', /randomness: Math\.random/],
  ['c.text(crypto.randomUUID())', /randomness: crypto\.randomUUID/],
  ['c.text(crypto.getRandomValues(new Uint8Array(2)).join())', /randomness/],
  ['c.text(nodeCrypto.randomBytes(4).toString("hex"))', /node:crypto: randomBytes/],
  ['c.text(URL.createObjectURL(new Blob([])))', /randomness/],
  ['c.text(process.env.HOME ?? "")', /the environment: process\.env\.HOME/],
  ['c.json(Object.keys(process.env))', /the environment/],
  ['c.json("HOME" in process.env)', /the environment/],
  ['c.text(nodeProcess.env.HOME ?? "")', /the environment/],
  ['c.text(env.HOME ?? "")', /the environment|node:process/],
  ['c.text(process.cwd())', /the working directory/],
  ['c.text(path.resolve("a"))', /the working directory/],
  ['c.text(String(process.pid))', /process\.pid/],
  ['c.text(process.version)', /process\.version/],
  ['c.text(process.platform)', /process\.platform/],
  ['c.json(process.memoryUsage())', /process\.memoryUsage/],
  ['c.json(process.hrtime())', /process\.hrtime/],
  ['c.json(process.argv)', /process\.argv/],
  ['c.text(os.hostname())', /node:os: hostname/],
  ['c.text(typeof Bun)', /Bun/],
  ['c.text(typeof Deno)', /Deno/],
  ['c.text(typeof navigator)', /navigator/],
  ['c.text(globalThis.navigator?.userAgent ?? "")', /navigator/],
  [
    'c.text(fs.readFileSync("/etc/hostname", "utf8"))',
    /a file while it answers: readFileSync\("\/etc\/hostname"\)/,
  ],
  ['c.text(String(fs.existsSync("/tmp")))', /a file while it answers/],
  ['(fs.writeFileSync("/dev/null", ""), c.text("x"))', /changes or watches files/],
  ['fs.promises.readFile("/etc/hostname").then(() => c.text("x"))', /a file while it answers/],
  ['fetch("http://127.0.0.1:1/").catch(() => 0).then(() => c.text("x"))', /the network: fetch/],
  ['new Promise(r => setTimeout(() => r(c.text("x")), 1))', /a timer: setTimeout/],
  ['new Promise(r => setImmediate(() => r(c.text("x"))))', /a timer: setImmediate/],
  ['(AbortSignal.timeout(10000), c.text("x"))', /a timer: AbortSignal\.timeout/],
  ['(console.log("visit"), c.text("x"))', /the console: console\.log/],
  ['c.text(String(new WeakRef({}).deref() === undefined))', /garbage collection/],
  ['(new FinalizationRegistry(() => {}), c.text("x"))', /garbage collection/],
  ['c.text(new Error("x").stack)', /a stack trace/],
  ['{ const o = {}; Error.captureStackTrace(o); return c.text(String(o.stack)) }', /a stack trace/],
  ['{ try { null.x } catch (e) { return c.text(e.stack) } }', /a stack trace/],
  ['{ try { Date.now(); throw 1 } catch { return c.text("x") } }', /the clock/],
  ['Promise.resolve().then(Date.now).then(() => c.text("x"))', /the clock/],
  [
    '(queueMicrotask(() => Promise.resolve().then(() => Math.random())), c.text("x"))',
    /randomness/,
  ],
  ['c.text(Function("return Date.now()")() + "")', /the clock/],
  ['c.text((0, eval)("Math.random()") + "")', /randomness/],
  ['c.text(structuredClone(new Date()).toISOString())', /the clock/],
  ['c.text(Buffer.allocUnsafe(9).toString("hex"))', /memory as it was left/],
  ['(new MessageChannel(), c.text("x"))', /MessageChannel/],
  ['(new Worker("data:"), c.text("x"))', /Worker|throws/],
  ['import("node:os").then(os => c.text(os.hostname()))', /node:os: hostname/],
  ['import(["node:o", "s"].join("")).then(os => c.text("x"))', /a name that is computed/],
  ['new Response(crypto.randomUUID())', /randomness/],
  [
    'new Response(new ReadableStream({ pull(s) { s.enqueue(new Uint8Array([Math.random()])); s.close() } }))',
    /randomness/,
  ],
  ['c.text(performance.toJSON().timeOrigin + "")', /the clock/],
]

/** Handler expression -> the body. */
const PURE: [string, string][] = [
  ['c.text(new Date(0).toISOString())', '1970-01-01T00:00:00.000Z'],
  ['c.text(new Date("2020-01-01").getTime() + "")', '1577836800000'],
  ['c.text(new Date("2020-01-01T00:00:00Z").toJSON())', '2020-01-01T00:00:00.000Z'],
  ['c.text(Date.UTC(2020, 0) + "")', '1577836800000'],
  ['c.text(String(new Date(5) - new Date(2)))', '3'],
  ['c.text(String(new Date(new Date(7)).valueOf()))', '7'],
  ['c.text(new Intl.DateTimeFormat("en", { timeZone: "UTC", year: "numeric" }).format(0))', '1970'],
  ['c.text((1234.5).toLocaleString("en-US"))', '1,234.5'],
  ['c.text(["b", "a"].sort(new Intl.Collator("en").compare).join())', 'a,b'],
  ['c.text("abc".localeCompare("abd", "en") + "")', '-1'],
  ['c.text(process.env.NODE_ENV ?? "")', process.env.NODE_ENV ?? 'production'],
  ['c.text(typeof process)', 'object'],
  ['c.text(path.join("a", "b") + path.resolve("/x", "y"))', 'a/b/x/y'],
  ['c.text(nodeCrypto.createHash("sha256").update("x").digest("hex").slice(0, 8))', '2d711642'],
  [
    'crypto.subtle.digest("SHA-256", new TextEncoder().encode("x")).then(b => c.text(new Uint8Array(b)[0] + ""))',
    '45',
  ],
  ['new Promise(r => queueMicrotask(() => r(c.text("later"))))', 'later'],
  ['{ try { throw new Error("x") } catch (e) { return c.text(e.message) } }', 'x'],
  ['c.text(new URL("/a?b=1", "http://x").search)', '?b=1'],
  ['c.json({ a: structuredClone([1]) })', '{"a":[1]}'],
  ['c.text(Buffer.from("aGk=", "base64").toString())', 'hi'],
  ['c.text(c.req.routePath)', '/ROUTE'],
  ['{ c.set("x", 1); return c.text(c.get("x") + "") }', '1'],
  [
    'new Response(new ReadableStream({ start(s) { s.enqueue(new TextEncoder().encode("st")); s.enqueue(new TextEncoder().encode("ream")); s.close() } }))',
    'stream',
  ],
  ['c.text([3, 1, 2].toSorted?.().join() ?? "1,2,3")', '1,2,3'],
]

const IMPORTS = `
import nodeProcess, { env } from 'node:process'
import nodeCrypto from 'node:crypto'
import path from 'node:path'
import fs from 'node:fs'
import os from 'node:os'
`

function sources(cases: [string, unknown][]): Record<string, string> {
  return Object.fromEntries(
    cases.map(([code], index) => {
      const used = IMPORTS.split('\n').filter(line => {
        const names = line.match(/import (.*) from/)?.[1]?.match(/\w+/g) ?? []
        return names.some(name => new RegExp(`(?<![.\\w"])${name}\\b(?!")`).test(code))
      })
      const body = code.startsWith('{') ? code : `(${code})`
      return [`routes/r${index}.ts`, `${used.join('\n')}\nexport default c => ${body}`]
    }),
  )
}

test('every ambient read makes a handler dynamic, and says what it read and where', async t => {
  const made = await site(sources(IMPURE))
  const jobs = IMPURE.map((_, index) => jobFor(made.bundle, `routes/r${index}.ts`))
  const outcomes = await run(made, jobs)
  made.remove()
  for (const [index, [code, expected]] of IMPURE.entries()) {
    await t.test(code, () => {
      const outcome = outcomes[index]!
      assert.notEqual(outcome.kind, 'snapshot')
      if (outcome.kind === 'snapshot') return
      assert.match(outcome.reason.message, expected)
      assert.equal(outcome.reason.file, `routes/r${index}.ts`)
    })
  }
})

test('what depends on nothing ambient is a snapshot', async t => {
  const made = await site(sources(PURE))
  const jobs = PURE.map((_, index) => jobFor(made.bundle, `routes/r${index}.ts`))
  const outcomes = await run(made, jobs)
  made.remove()
  for (const [index, [code, expected]] of PURE.entries()) {
    await t.test(code, () =>
      assert.equal(bodyOf(outcomes[index]!), expected.replace('ROUTE', `r${index}`)),
    )
  }
})
