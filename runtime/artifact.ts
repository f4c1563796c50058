// The contract between build and serve: what `dist/manifest.json`, `dist/static.bin` and `dist/files/`
// hold. The compiler writes it, the runtime reads it. Imports nothing.

/** Version of the format on this page. Loading refuses any other. */
export const FORMAT = 4

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

/** Order is also the order of the numbers in `static.bin`. */
export const ENCODINGS = ['identity', 'br', 'gzip', 'zstd', 'dcz'] as const
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

/** How a value is written into what surrounds it: Hono's escaping, JSON text, a URL component. */
export type Escape = 'html' | 'json' | 'uri'

/** A value of the request that is put into a template. */
export interface Hole {
  from: 'param' | 'query' | 'header'
  /** Of the parameter, of the query value, or of the header in lower case. */
  name: string
  /** Applied to the value in this order. */
  escapes: Escape[]
  /** What goes around the value, where there is one that is not empty. */
  before: string
  after: string
  /** All that stands here where the request has no such value, and where it is empty. */
  absent: string
  empty: string
}

/** Text as it is, or a hole. */
export type Part = string | Hole

/** A response that is the same for every request but for the values put in. */
export interface Template {
  status: number
  /** In the handler's order, names in lower case; never Content-Length. */
  headers: [string, Part[]][]
  /** Null where the response has no content. */
  body: Part[] | null
}

/** A route the runtime may have to match or run. Fully static literal routes need none. */
export interface RouteRecord {
  pattern: string
  segments: Segment[]
  /** Bit mask over `METHODS` of what the module exports (`default` counts as GET). */
  methods: number
  /** Index into `Manifest.modules`; -1 where all it answers is static or a template. */
  module: number
  /** Index into `Manifest.folders`. */
  folder: number
  /** Whether the default export is a Hono app, which then gets every method and sub-path. */
  mount: boolean
  /** `config.match`, as [source, flags] by parameter. */
  match?: Record<string, [string, string]>
  /** What GET answers, where that needs no code of the user. */
  template?: Template
}

/** What a folder brings to every request under it. */
export interface FolderRecord {
  segments: Segment[]
  /** Whether unmatched paths below its URL are another folder's, as those of a `(group)` are. */
  shadowed: boolean
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
