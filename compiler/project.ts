// Folder -> Project: finds and runs `precast.config.*`, and checks what it says.

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleConfig } from './bundle.ts'
import type { Diagnostic, Project, ProjectConfig } from './stages.ts'

const DEFAULTS: ProjectConfig = { trailingSlash: 'never', compression: 'auto', dictionary: false }

/** What each key may say. */
const CHOICES: { [Key in keyof ProjectConfig]: readonly ProjectConfig[Key][] } = {
  trailingSlash: ['never', 'always', 'ignore'],
  compression: ['auto', 'best'],
  dictionary: [true, false],
}

/** Reads a project's configuration. What is wrong goes into `diagnostics`. */
export async function readProject(folder: string, diagnostics: Diagnostic[]): Promise<Project> {
  const root = resolve(folder)
  const project: Project = { root, config: { ...DEFAULTS } }
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    diagnostics.push({
      severity: 'error',
      code: 'no-project',
      message: `there is no folder ${root}`,
    })
    return project
  }
  const file = ['ts', 'mts', 'js', 'mjs']
    .map(ending => `precast.config.${ending}`)
    .find(name => existsSync(join(root, name)))
  if (!file) return project

  const at = { file, line: 1, column: 1 }
  const wrong = (message: string, hint?: string): Project => {
    diagnostics.push({ severity: 'error', code: 'bad-config', message, at, ...(hint && { hint }) })
    return project
  }
  const code = await bundleConfig(root, file, diagnostics)
  if (code === null) return project
  const bundled = join(root, `.precast.config-${process.pid}-${Date.now()}.mjs`)
  let value: unknown
  try {
    // Beside the original, so that its imports of packages are found.
    writeFileSync(bundled, code)
    value = (await import(pathToFileURL(bundled).href)).default
  } catch (error) {
    return wrong(
      `${file} threw while it was loaded: ${error instanceof Error ? error.message : String(error)}`,
    )
  } finally {
    rmSync(bundled, { force: true })
  }
  if (typeof value !== 'object' || value === null)
    return wrong(`${file} has no object as its default export`, 'export default { … }')
  const chosen: Record<string, string | boolean> = {}
  for (const [key, entry] of Object.entries(value)) {
    const known = (CHOICES as Record<string, readonly (string | boolean)[]>)[key]
    if (!known)
      return wrong(
        `${file} has a key ${key} that Precast does not know`,
        `it takes ${Object.keys(CHOICES).slice(0, -1).join(', ')} and ${Object.keys(CHOICES).at(-1)}`,
      )
    if (entry === undefined) continue
    if (!known.includes(entry as string | boolean)) {
      const names = known.map(one => (typeof one === 'string' ? `'${one}'` : String(one)))
      return wrong(
        `${key} in ${file} is ${JSON.stringify(entry)}`,
        `it is ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
      )
    }
    chosen[key] = entry as string | boolean
  }
  Object.assign(project.config, chosen)
  return project
}
