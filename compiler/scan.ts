// Folder -> Site. Looks at names only: which file answers at which URL, what each folder brings to
// those below it, which names collide. Never opens a module.

import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Encoding, Segment } from '../runtime/artifact.ts'
import { encodeSegment } from '../runtime/path.ts'
import type { Diagnostic, Folder, Project, PublicFile, Route, Site } from './stages.ts'

const MODULE = /\.(ts|tsx|js|jsx|mts|mjs)$/
/** How tools name the encodings of a file that they leave beside it. */
const ENDINGS: [string, Encoding][] = [
  ['.br', 'br'],
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
]
const SPECIAL = new Set(['_middleware', '_404', '_error'])

/** Reads the names under `routes/` and `public/`. All that is wrong goes into `diagnostics`. */
export function scan(project: Project, diagnostics: Diagnostic[]): Site {
  const site: Site = { routes: [], folders: [], publicFiles: [], publicFolders: [] }
  scanRoutes(project.root, site, diagnostics)
  shadow(site.folders)
  scanPublic(project.root, site, diagnostics)
  findConflicts(project.root, site, diagnostics)
  return site
}

// ---------------------------------------------------------------- routes/

function scanRoutes(root: string, site: Site, diagnostics: Diagnostic[]): void {
  const top = join(root, 'routes')
  if (!isFolder(top)) {
    diagnostics.push({
      severity: 'error',
      code: 'no-routes',
      message: `there is no folder routes/ in ${root}`,
      at: { file: 'routes', line: 1, column: 1 },
      hint: 'create routes/index.ts with `export const GET = () => "Hello"`, or run precast in the project folder',
    })
    return
  }
  const inherit: Folder = {
    path: '',
    segments: [],
    shadowed: false,
    parent: -1,
    middleware: [],
    notFound: null,
    error: null,
  }
  visitFolder(root, top, inherit, site, diagnostics)
  if (site.routes.length === 0 && !diagnostics.some(found => found.severity === 'error')) {
    diagnostics.push({
      severity: 'error',
      code: 'no-routes',
      message: 'routes/ holds no route module',
      at: { file: 'routes', line: 1, column: 1 },
      hint: 'create routes/index.ts with `export const GET = () => "Hello"`',
    })
  }
}

function visitFolder(
  root: string,
  path: string,
  folder: Folder,
  site: Site,
  diagnostics: Diagnostic[],
): void {
  const number = site.folders.push(folder) - 1
  const folders: { name: string; path: string }[] = []
  const files: { stem: string; file: string }[] = []
  const special = new Map<string, string>()

  for (const name of names(root, path, diagnostics)) {
    const full = join(path, name)
    const file = slashed(relative(root, full))
    const stem = name.replace(MODULE, '')
    const isModule = stem !== name && !/\.d\.m?ts$/.test(name)
    const isSpecial = isModule && SPECIAL.has(stem)
    // Looked at before the disk is: an editor's lock file is a link to nothing.
    if (isHidden(name) || (name.startsWith('_') && !isSpecial)) continue
    const kind = kindOf(full, file, diagnostics)
    if (kind === 'folder') folders.push({ name, path: full })
    if (kind !== 'file' || !isModule) continue
    if (isSpecial) {
      const other = special.get(stem)
      if (other) diagnostics.push(duplicate(other, file, `the folder's ${stem}`))
      special.set(stem, file)
    } else files.push({ stem, file })
  }

  const middleware = special.get('_middleware')
  if (middleware) folder.middleware = [...folder.middleware, middleware]
  folder.notFound = special.get('_404') ?? folder.notFound
  folder.error = special.get('_error') ?? folder.error

  for (const { stem, file } of files) {
    const own = stem === 'index' ? [] : parseSegment(stem, file, diagnostics)
    if (!own) continue
    const segments = [...folder.segments, ...own]
    if (!checkSegments(segments, file, diagnostics)) continue
    site.routes.push({ file, pattern: patternOf(segments), segments, folder: number })
  }
  for (const { name, path: full } of folders) {
    const inUrl = !isGroup(name)
    const own = inUrl ? parseSegment(name, slashed(relative(root, full)), diagnostics) : []
    if (!own) continue
    visitFolder(
      root,
      full,
      {
        ...folder,
        path: folder.path ? `${folder.path}/${name}` : name,
        segments: [...folder.segments, ...own],
        shadowed: !inUrl,
        parent: number,
      },
      site,
      diagnostics,
    )
  }
}

/**
 * Settles which folder speaks for unmatched paths where several have one URL: the one in the fewest
 * groups. Of those alike in that, the only one with something to say; else the folder above.
 */
function shadow(folders: Folder[]): void {
  const byUrl = new Map<string, Folder[]>()
  for (const folder of folders) {
    if (folder.shadowed) continue
    const url = shapeOf(folder.segments)
    byUrl.set(url, [...(byUrl.get(url) ?? []), folder])
  }
  const groups = ({ path }: Folder): number => path.split('/').filter(isGroup).length
  const hasOwn = ({ parent, middleware, notFound, error }: Folder): boolean => {
    const above = folders[parent]
    return (
      middleware.length !== above?.middleware.length ||
      notFound !== above.notFound ||
      error !== above.error
    )
  }
  for (const rivals of byUrl.values()) {
    const fewest = Math.min(...rivals.map(groups))
    const alike = rivals.filter(folder => groups(folder) === fewest)
    const speakers = alike.length > 1 ? alike.filter(hasOwn) : alike
    for (const folder of rivals) folder.shadowed = speakers.length !== 1 || folder !== speakers[0]
  }
}

function isGroup(name: string): boolean {
  return /^\(.+\)$/.test(name)
}

function parseSegment(name: string, file: string, diagnostics: Diagnostic[]): Segment[] | null {
  const form = /^(?:\[\[\.\.\.(\w+)\]\]|\[\.\.\.(\w+)\]|\[(\w+)\])$/.exec(name)
  if (form) {
    if (form[1]) return [{ kind: 'optional-rest', name: form[1] }]
    if (form[2]) return [{ kind: 'rest', name: form[2] }]
    return [{ kind: 'param', name: form[3]! }]
  }
  if (!/[[\]]/.test(name)) return [{ kind: 'literal', value: name }]
  diagnostics.push({
    severity: 'error',
    code: 'bad-segment',
    message: `\`${name}\` is no segment of a route`,
    at: { file, line: 1, column: 1 },
    hint: 'a parameter is a whole segment: [name], [...name] or [[...name]], with letters, digits and _',
  })
  return null
}

function checkSegments(segments: Segment[], file: string, diagnostics: Diagnostic[]): boolean {
  const seen = new Set<string>()
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'literal') continue
    const isRest = segment.kind !== 'param'
    const twice = seen.has(segment.name)
    if (twice || (isRest && index < segments.length - 1)) {
      diagnostics.push({
        severity: 'error',
        code: 'bad-segment',
        message: twice
          ? `the parameter \`${segment.name}\` stands twice in ${patternOf(segments)}`
          : `\`[...${segment.name}]\` takes the rest of the URL, so nothing can follow it`,
        at: { file, line: 1, column: 1 },
      })
      return false
    }
    seen.add(segment.name)
  }
  return true
}

/** A route's path in Hono's form. Literals are percent-encoded, as they are on the wire. */
function patternOf(segments: Segment[]): string {
  const parts = segments.map(segment => {
    if (segment.kind === 'literal') return encodeSegment(segment.value)
    return segment.kind === 'param' ? `:${segment.name}` : '*'
  })
  return `/${parts.join('/')}`
}

/** What URLs segments take: two parameters of different names take the same ones. */
function shapeOf(segments: Segment[]): string {
  return `/${segments
    .map(segment =>
      segment.kind === 'literal' ? encodeSegment(segment.value) : `\0${segment.kind}`,
    )
    .join('/')}`
}

// ---------------------------------------------------------------- public/

function scanPublic(root: string, site: Site, diagnostics: Diagnostic[]): void {
  const top = join(root, 'public')
  if (!isFolder(top)) return
  const real = realpathSync(top)
  const visit = (path: string, url: string): void => {
    const files: { name: string; full: string; here: string }[] = []
    for (const name of names(root, path, diagnostics)) {
      // Dotfiles are configuration or secrets more often than content; RFC 8615 names the exception.
      if (isHidden(name)) continue
      const full = join(path, name)
      const file = slashed(relative(root, full))
      const kind = kindOf(full, file, diagnostics)
      if (!kind) continue
      const target = realpathSync(full)
      if (target !== real && !target.startsWith(real + sep)) {
        diagnostics.push({
          severity: 'error',
          code: 'public-escape',
          message: `${file} is a link that leaves public/`,
          at: { file, line: 1, column: 1 },
          hint: 'copy the file into public/',
        })
        continue
      }
      const here = `${url}${encodeSegment(name)}`
      if (kind === 'folder') {
        // A link to a folder above itself would never end.
        if (path.startsWith(target + sep) || path === target) continue
        visit(full, `${here}/`)
      } else if (kind === 'file') files.push({ name, full, here })
    }
    const byName = new Map(files.map(file => [file.name, file.full]))
    for (const { name, full, here } of files) {
      const encoded: PublicFile['encoded'] = {}
      for (const [ending, encoding] of ENDINGS) {
        const own = byName.get(name + ending)
        if (own) encoded[encoding] = own
      }
      site.publicFiles.push({ source: full, path: here, encoded })
      if (name === 'index.html') {
        site.publicFiles.push({ source: full, path: url, encoded })
        if (url !== '/') site.publicFolders.push(url.slice(0, -1))
      }
    }
  }
  visit(top, '/')
}

// ---------------------------------------------------------------- conflicts

function findConflicts(root: string, site: Site, diagnostics: Diagnostic[]): void {
  const shapes = new Map<string, Route>()
  for (const route of site.routes) {
    const shape = shapeOf(route.segments)
    const other = shapes.get(shape)
    if (other) diagnostics.push(duplicate(other.file, route.file, route.pattern))
    else shapes.set(shape, route)
  }
  const files = new Map<string, PublicFile>()
  for (const file of site.publicFiles) files.set(file.path, file)
  for (const route of site.routes) {
    if (route.segments.some(segment => segment.kind !== 'literal')) continue
    const file = files.get(route.pattern) ?? files.get(`${route.pattern}/`)
    if (!file) continue
    diagnostics.push(
      duplicate(
        slashed(relative(root, file.source)),
        route.file,
        route.pattern,
        'route-on-public-file',
      ),
    )
  }
}

function duplicate(
  first: string,
  second: string,
  what: string,
  code = 'duplicate-route',
): Diagnostic {
  return {
    severity: 'error',
    code,
    message: `${first} and ${second} are both ${what}`,
    at: { file: second, line: 1, column: 1 },
    hint: 'rename or delete one of the two',
  }
}

// ---------------------------------------------------------------- the file system

function names(root: string, path: string, diagnostics: Diagnostic[]): string[] {
  try {
    return readdirSync(path).sort()
  } catch (error) {
    diagnostics.push(unreadable(slashed(relative(root, path)), error))
    return []
  }
}

function kindOf(path: string, file: string, diagnostics: Diagnostic[]): 'file' | 'folder' | null {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return 'folder'
    if (found.isFile()) return 'file'
    diagnostics.push(unreadable(file, new Error('neither a file nor a folder')))
  } catch (error) {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    diagnostics.push(unreadable(file, isLink ? new Error('a link to nothing') : error))
  }
  return null
}

function unreadable(file: string, error: unknown): Diagnostic {
  return {
    severity: 'error',
    code: 'unreadable',
    message: `cannot read ${file}: ${error instanceof Error ? error.message : error}`,
    at: { file, line: 1, column: 1 },
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isHidden(name: string): boolean {
  return name.startsWith('.') && name !== '.well-known'
}

function slashed(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/')
}
