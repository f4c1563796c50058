// A project written as text -> what the analyzer says of it, bundled as a build would bundle it.

import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { analyze } from '../../compiler/analyze.ts'
import { bundleForAnalysis, modulesOf } from '../../compiler/bundle.ts'
import { handlersOf } from '../../compiler/handlers.ts'
import { scan } from '../../compiler/scan.ts'
import type { Analysis, Diagnostic } from '../../compiler/stages.ts'

export type Files = Record<string, string>

/** Analyzes a project given as its files. */
export async function analyzed(files: Files): Promise<Analysis> {
  const root = mkdtempSync(join(tmpdir(), 'precast-analyze-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), text)
    }
    const diagnostics: Diagnostic[] = []
    const site = scan(
      { root, config: { trailingSlash: 'never', compression: 'auto', dictionary: false } },
      diagnostics,
    )
    const bundle = await bundleForAnalysis(root, site, join(root, '.out'), diagnostics)
    const errors = diagnostics.filter(found => found.severity === 'error')
    if (errors.length > 0) throw new Error(errors.map(found => found.message).join('\n'))
    if (modulesOf(site).length === 0) throw new Error('no modules')
    return analyze(bundle, handlersOf(site, bundle), { root })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
