// Makes uWebSockets.js usable where the system's C library is too old for it (Debian 12 has glibc
// 2.36, uWebSockets.js needs 2.38): puts a newer libc6 of Debian into a cache folder and prints the
// command that starts Node.js on it. Changes nothing outside of that folder; does nothing where the
// folder is complete already. `precast start --host uws` finds the folder by itself.

import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const SUITE = 'trixie'
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'
/** Name of the dynamic loader by `process.arch`. */
const LOADERS = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' }
const TRIPLES = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/** Where the loader and its libraries are kept: `loader` and `lib` in it. cli/glibc.ts reads it. */
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'precast', 'glibc')

try {
  if (!complete()) install()
  const [command, ...args] = [
    join(folder, 'loader'),
    '--library-path',
    join(folder, 'lib'),
    process.execPath,
  ]
  execFileSync(command, [...args, '--version'], { stdio: 'pipe' })
  console.log([command, ...args].join(' '))
} catch (error) {
  const detail = String(error.stderr ?? '')
    .trim()
    .split('\n')
    .at(-1)
  console.error(`uws-glibc: ${detail || error.message}`)
  process.exitCode = 1
}

function complete() {
  return existsSync(join(folder, 'loader')) && existsSync(join(folder, 'lib', 'libc.so.6'))
}

function install() {
  const loader = LOADERS[process.arch]
  if (process.platform !== 'linux' || !loader) {
    throw new Error(`no glibc for ${process.platform} on ${process.arch}`)
  }
  mkdirSync(join(folder, '..'), { recursive: true })
  // A folder of our own beside the final one: two runs at once do not meet, and the rename is atomic.
  const work = mkdtempSync(`${folder}-`)
  try {
    for (const path of ['lists/partial', 'archives/partial', 'root']) {
      mkdirSync(join(work, path), { recursive: true })
    }
    writeFileSync(join(work, 'sources.list'), `deb [signed-by=${KEYS}] ${mirror()} ${SUITE} main\n`)
    const apt = [
      ['Dir::Etc::SourceList', join(work, 'sources.list')],
      ['Dir::Etc::SourceParts', '-'],
      ['Dir::State::Lists', join(work, 'lists')],
      ['Dir::Cache', work],
      ['Acquire::Languages', 'none'],
      ['APT::Sandbox::User', 'root'],
    ].flatMap(([key, value]) => ['-o', `${key}=${value}`])
    const run = (command, args) => execFileSync(command, args, { cwd: work, stdio: 'pipe' })
    run('apt-get', [...apt, '-q', 'update'])
    run('apt-get', [...apt, '-q', 'download', 'libc6'])
    const archive = readdirSync(work).find(name => name.endsWith('.deb'))
    run('dpkg', ['-x', archive, 'root'])

    const libraries = join('root/usr/lib', TRIPLES[process.arch])
    symlinkSync(join(libraries, loader), join(work, 'loader'))
    symlinkSync(libraries, join(work, 'lib'))
    for (const name of readdirSync(work)) {
      if (!['root', 'loader', 'lib'].includes(name)) rmSync(join(work, name), { recursive: true })
    }
    rmSync(folder, { recursive: true, force: true })
    renameSync(work, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Address of the Debian archive this machine uses already, as its own apt sources have it. */
function mirror() {
  const targets = execFileSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI) $(ORIGIN) $(COMPONENT)', 'Created-By: Packages'],
    { encoding: 'utf8', stdio: 'pipe' },
  )
  const found = targets
    .split('\n')
    .map(line => line.split(' '))
    .find(
      ([uri, origin, component]) =>
        origin === 'Debian' && component === 'main' && /\/debian\/?$/.test(uri),
    )
  if (!found) throw new Error('no Debian archive among the apt sources (after `apt-get update`)')
  return found[0]
}
