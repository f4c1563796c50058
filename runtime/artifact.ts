// The contract between build and serve: what `dist/manifest.json`, `dist/static.bin` and `dist/files/`
// hold. The compiler writes it, the runtime reads it. Imports nothing.

/** Version of the format on this page. Loading refuses any other. */
export const FORMAT = 2

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

/** Order is also the order of the numbers in `static.bin`. */
export const ENCODINGS = ['identity', 'br', 'gzip', 'zstd'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** One segment of a route's path. Literal values are percent-decoded. */
export type Segment =
  | { kind: 'literal'; value: string }
  | { kind: 'param'; name: string }
  | { kind: 'rest'; name: string }
  | { kind: 'optional-rest'; name: string }

/** One representation of a static response, ready for the wire. */
export interface Variant {
  encoding: Encoding
  /** With its quotes. */
  etag: string
  /**
   * Status line, `Date: ` and a placeholder of 29 bytes first, then the fields and the empty line,
   * all in CRLF form. A host that writes raw bytes overwrites the placeholder; see `dateOffset`.
   */
  readonly head: Uint8Array
  /** Not to be asked for where `file` says that it is too large to hold. */
  readonly body: Uint8Array
  /** Of `body`, in bytes: known without reading it. */
  length: number
  /** Index into `Manifest.files` of the file that the body is; -1 where it is in `static.bin`. */
  file: number
}

/** A response that is the same for every request. */
export interface Static {
  status: number
  /** Unix seconds. */
  lastModified: number
  /** Bit mask over `METHODS`, for `Allow` on 405 and OPTIONS. */
  allow: number
  flags: number
  /** Seconds, or 0. */
  revalidate: number
  /** Index into `Manifest.routes`, -1 where no user code belongs to this URL. */
  route: number
  /** Identity first, then by rising size. */
  variants: Variant[]
}

/** Flags of a static entry. */
export const FLAG_PUBLIC = 1 // a file of public/
export const FLAG_FOLDER = 2 // answers 308 to the same path with a slash
export const FLAG_RANGES = 4 // parts of it are served

/** A route the runtime may have to match or run. Fully static literal routes need none. */
export interface RouteRecord {
  pattern: string
  segments: Segment[]
  /** Bit mask over `METHODS` of what the module exports (`default` counts as GET). */
  methods: number
  /** Index into `Manifest.modules`; -1 where all it answers is static. */
  module: number
  /** Index into `Manifest.folders`. */
  folder: number
  /** Whether the default export is a Hono app, which then gets every method and sub-path. */
  mount: boolean
  /** `config.match`, as [source, flags] by parameter. */
  match?: Record<string, [string, string]>
}

/** What a folder brings to every request under it. */
export interface FolderRecord {
  segments: Segment[]
  /** A group's folder never decides for an unmatched path. */
  group: boolean
  /** Indices into `Manifest.modules`, outermost first. */
  middleware: number[]
  notFound: number
  error: number
}

/** A body of a public file that is too large to hold: it is a file of its own in `dist/`. */
export interface FileRecord {
  /** Relative to `dist/`, named by its content. */
  file: string
  size: number
  crc32: number
}

export interface Manifest {
  format: number
  /** Version of Precast that wrote it. */
  precast: string
  /** Hash of all that was emitted: names the build in messages. */
  build: string
  bytes: FileRecord
  files: FileRecord[]
  trailingSlash: 'never' | 'always' | 'ignore'
  /** Source files of the dynamic modules, project-relative; the index is the module's number. */
  modules: string[]
  routes: RouteRecord[]
  folders: FolderRecord[]
}

/** What `dist/app.js` exports: a loader a module, by the numbers of `Manifest.modules`. */
export type ModuleLoader = () => Promise<Record<string, unknown>>
