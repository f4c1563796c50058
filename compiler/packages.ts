// Where Precast itself and the packages that it brings along lie on disk.

import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of Precast's own files. */
export const lib = dirname(fileURLToPath(import.meta.url))

const folders = new Map<string, string>()

/**
 * The folder of a package of Precast's own. Looked for rather than resolved: Bun resolves `ws` to what it
 * has built in.
 */
export function folderOf(name: string): string {
  const known = folders.get(name)
  if (known !== undefined) return known
  for (let above = lib; ; above = dirname(above)) {
    const folder = join(above, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) {
      const real = realpathSync(folder)
      folders.set(name, real)
      return real
    }
    if (above === dirname(above))
      throw new Error(`Precast lacks its package ${name}: install it again`)
  }
}

/** A file of such a package by its path there; CommonJS leaves the ending out. */
export function fileIn(name: string, path: string): string {
  return existsSync(join(folderOf(name), path)) ? path : `${path}.js`
}
