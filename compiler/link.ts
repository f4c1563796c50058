// Endpoints and verdicts -> the tables of the manifest: which modules have to run when serving, which
// routes have to be matched, by number. A literal route that is static through and through is in
// neither: its bytes are all there is of it.

import { recordOf } from './handlers.ts'
import type { Compiled, Linked } from './stages.ts'

/** Numbers the modules and routes that the runtime needs. */
export function link({ site, endpoints, judgement }: Compiled): Linked {
  const linked: Linked = { modules: [], routes: [], folders: [], routeOf: new Map() }
  const running = new Set(
    judgement.rows.filter(row => row.verdict === 'dynamic' && !row.role).map(row => row.file),
  )
  // What a header cannot have, the handler answers.
  for (const [file, { headers }] of judgement.templates)
    if (headers.some(([, parts]) => parts.some(part => typeof part !== 'string'))) running.add(file)
  for (const endpoint of endpoints) if (endpoint.config.revalidate > 0) running.add(endpoint.file)

  const numbers = new Map<string, number>()
  const numberOf = (file: string | null): number => (file === null ? -1 : numbers.get(file)!)
  const loaded = new Set(running)
  for (const { middleware, notFound, error } of site.folders) {
    for (const file of [...middleware, notFound, error]) if (file) loaded.add(file)
  }
  for (const file of [...loaded].sort()) numbers.set(file, linked.modules.push(file) - 1)

  for (const folder of site.folders) {
    linked.folders.push({
      segments: folder.segments,
      shadowed: folder.shadowed,
      middleware: folder.middleware.map(numberOf),
      notFound: numberOf(folder.notFound),
      error: numberOf(folder.error),
    })
  }
  for (const endpoint of endpoints) {
    if (endpoint.role !== 'route') continue
    const isLiteral = endpoint.segments.every(segment => segment.kind === 'literal')
    const runs = running.has(endpoint.file)
    // Folder middleware also runs before the automatic OPTIONS and 405 of a static route.
    const hasMiddleware = site.folders[endpoint.folder]!.middleware.length > 0
    const template = judgement.templates.get(endpoint.file)
    if (isLiteral && !runs && !hasMiddleware && !template) continue
    linked.routeOf.set(endpoint.file, linked.routes.length)
    linked.routes.push({
      ...recordOf(endpoint),
      module: runs ? numberOf(endpoint.file) : -1,
      ...(template && { template }),
    })
  }
  return linked
}
