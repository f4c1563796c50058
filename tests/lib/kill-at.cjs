// Preloaded into a build: ends it with SIGKILL at the step STEP_AT, where a step is a change of the
// folder STEPS_IN or the start of a process. With STEPS_TO it lives, and writes there how many it took.

const fs = require('node:fs')
const children = require('node:child_process')
const { syncBuiltinESMExports } = require('node:module')
const process = require('node:process')

const { STEP_AT, STEPS_IN, STEPS_TO } = process.env
// Threads and processes of the build are not the build.
for (const name of ['STEP_AT', 'STEPS_IN', 'STEPS_TO']) delete process.env[name]

let steps = 0
const step = () => {
  if (STEPS_IN && ++steps === Number(STEP_AT)) process.kill(process.pid, 'SIGKILL')
}
const watch = (owner, name, counts) => {
  const real = owner[name]
  owner[name] = function (...args) {
    if (!counts(args)) return real.apply(this, args)
    const made = real.apply(this, args)
    // Some are only under way when their call returns.
    if (made instanceof Promise) return made.finally(step)
    step()
    return made
  }
}
const inFolder = args =>
  args
    .slice(0, 2)
    .some(arg => (typeof arg === 'string' || arg instanceof URL) && `${arg}`.includes(STEPS_IN))
for (const name of [
  'mkdir',
  'rename',
  'rm',
  'writeFile',
  'copyFile',
  'open',
  'symlink',
  'unlink',
]) {
  if (name !== 'open') watch(fs, `${name}Sync`, inFolder)
  watch(fs.promises, name, inFolder)
}
watch(fs, 'createWriteStream', inFolder)
watch(children, 'spawn', () => true)
syncBuiltinESMExports()

if (STEPS_TO) process.on('exit', () => fs.writeFileSync(STEPS_TO, String(steps)))
