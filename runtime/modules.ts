// Loaders of user modules -> their exports. One that fails to load answers 500 wherever it is needed
// and spoils no other.

import { METHODS, type ModuleLoader } from './artifact.ts'
import type { Namespace } from './handler.ts'

export interface Modules {
  namespaces: Namespace[]
  /** What was thrown by modules that failed; each is reported once, when it is loaded. */
  failures: Set<unknown>
}

/** @param files Names for messages, by the same numbers. */
export async function loadModules(
  loaders: ModuleLoader[],
  files: string[],
  log: (message: string, error: unknown) => void,
): Promise<Modules> {
  const failures = new Set<unknown>()
  const namespaces = await Promise.all(
    loaders.map(async (loader, number) => {
      try {
        return await loader()
      } catch (error) {
        log(`${files[number]} failed to load:`, error)
        failures.add(error)
        return failing(error)
      }
    }),
  )
  return { namespaces, failures }
}

/** Stands in for any module: every export throws what loading threw. */
function failing(error: unknown): Namespace {
  const rethrow = (): never => {
    throw error
  }
  return Object.fromEntries(['default', ...METHODS].map(name => [name, rethrow]))
}
