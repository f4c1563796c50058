// The machine and the versions of a run, in words.

import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { pinned } from './server.mjs'

export function machine() {
  const [cpu] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpu.model.trim()}, ${cpus().length} cores`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    system: `${systemName()}, Linux ${release()}`,
    cores: pinned
      ? 'server on core 0, client on core 1'
      : 'server and client on no core of their own',
  }
}

/** Name and version of each contestant; of what is not here, nothing. */
export function versions(contestants) {
  const found = {}
  for (const { name, version } of contestants) {
    try {
      found[name] = version()
    } catch {
      // Its row says why it is not here.
    }
  }
  return found
}

function systemName() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? 'Linux'
  } catch {
    return 'Linux'
  }
}
