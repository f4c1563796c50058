// The values that pass between the stages of a build, in the order they are made. Types only: no
// stage imports another, each imports this page.

import type {
  Encoding,
  FolderRecord,
  Method,
  Part,
  RouteRecord,
  Segment,
  Template,
} from '../runtime/artifact.ts'

/** A place in the user's own sources. `line` and `column` count from 1. */
export interface Position {
  /** Relative to the project folder, with `/`; absolute when outside of it. */
  file: string
  line: number
  column: number
}

/** Something the user has to know. Errors end the build once all that could be found are found. */
export interface Diagnostic {
  severity: 'error' | 'warning'
  /** Stable kebab-case name, for example `duplicate-route`. */
  code: string
  message: string
  at?: Position
  /** What to do about it. */
  hint?: string
}

/** Why a route is not static: the first cause, in plain words, where it stands in the sources. */
export interface Reason extends Position {
  message: string
}

/** The project as a user wrote it. */
export interface Project {
  /** Absolute path of the project folder. */
  root: string
  config: ProjectConfig
}

/** `precast.config.ts`, checked and with its defaults. */
export interface ProjectConfig {
  trailingSlash: 'never' | 'always' | 'ignore'
  compression: 'auto' | 'best'
  dictionary: boolean
}

// ---------------------------------------------------------------- scan: names only

/** One route module. Method exports are known only after bundling. */
export interface Route {
  /** Relative to the project folder: `routes/blog/[slug].ts`. */
  file: string
  /** Hono's form: `/blog/:slug`, `/files/*`; `[[...path]]` as `/docs/*`. */
  pattern: string
  segments: Segment[]
  /** Index into `Site.folders` of the folder it lies in. */
  folder: number
}

/** A folder below `routes/` (the root included), with what it brings to all below it. */
export interface Folder {
  /** Relative to `routes/`, '' for the root. Groups are folders too. */
  path: string
  segments: Segment[]
  /** Whether paths below its URL that nothing matches are another folder's, as those of a `(group)` are. */
  shadowed: boolean
  parent: number
  /** `_middleware` files that apply here, outermost first, as project-relative files. */
  middleware: string[]
  /** The nearest `_404` and `_error`, own or inherited. */
  notFound: string | null
  error: string | null
}

export interface PublicFile {
  /** Absolute path on disk. */
  source: string
  /** Canonical URL path it answers at. */
  path: string
  /** Files beside it that are named as encodings of it: `a.css.br` of `a.css`. Absolute paths. */
  encoded: Partial<Record<Encoding, string>>
}

export interface Site {
  routes: Route[]
  folders: Folder[]
  publicFiles: PublicFile[]
  /** Folders of `public/` with an `index.html`: canonical path without the slash, answered by 308. */
  publicFolders: string[]
}

// ---------------------------------------------------------------- bundle

/** The bundled module graph: plain JavaScript, types and JSX gone, one chunk per output file. */
export interface Bundle {
  /** Folder on disk that holds the chunks, ready to be imported by the evaluation worker. */
  dir: string
  /** By chunk name (`m0.js`, `chunk-ABC.js`), relative to `dir`. */
  chunks: Map<string, Chunk>
  /** By project-relative source file: every route, `_middleware`, `_404` and `_error`. */
  modules: Map<string, Module>
  /** Absolute paths of all source files that went in. */
  inputs: string[]
  /** Whether a module imports `precast`, which at run time is `upgradeWebSocket`. */
  websockets: boolean
}

export interface Chunk {
  name: string
  code: string
  /** Source map (v3, JSON text); its sources are absolute paths. */
  map: string
}

export interface Module {
  /** Project-relative. */
  file: string
  /** Name of the chunk that is its entry. */
  chunk: string
  /** Names of its exports; `default` among them where there is one. */
  exports: string[]
}

// ---------------------------------------------------------------- analyze

/** What the compiler has to judge: one export, behind the middleware of its folders. */
export interface Handler {
  /** `routes/a.ts#GET`. */
  id: string
  file: string
  /** Name of the export: `GET`, `default`. */
  name: string
  /** `_middleware` files before it, outermost first. */
  middleware: string[]
  /** Names of the path parameters, whose reads are allowed where a URL is enumerated. */
  params: string[]
  /** The route's pattern in Hono's form; where it is left out, reading it counts as a read of the request. */
  pattern?: string
  /** The `_404` that `c.notFound()` answers with, null for none; where it is left out, calling it is an objection. */
  notFound?: string | null
}

/** What the syntax of a module says, before anything is run. */
export interface ModuleFacts {
  /**
   * What an export is, where syntax shows it: `handler` a function, `chain` an array, `app` a Hono
   * app, `value` anything else, `unknown` where only running the module would tell.
   */
  exports: Map<string, 'handler' | 'chain' | 'app' | 'value' | 'unknown'>
  /** `config`, where it is a literal; `computed` where the module has to run; `absent`. */
  config:
    | { kind: 'literal'; value: unknown; at: Position }
    | { kind: 'computed'; at: Position }
    | { kind: 'absent' }
  /** Where each export stands, for messages. */
  positions: Map<string, Position>
  /**
   * Whether loading it may share a process with other modules: nothing at its top level (imports
   * included) writes a global, starts a timer, listens, or reads what differs between two starts.
   */
  loadsQuietly: boolean
}

export interface Analysis {
  modules: Map<string, ModuleFacts>
  /** By `Handler.id`: why it cannot be static, or null where the syntactic witness agrees. */
  reasons: Map<string, Reason | null>
  /**
   * By `Handler.id`, the same question with reads of path parameters allowed: for enumerated URLs.
   */
  reasonsWithParams: Map<string, Reason | null>
  /** By `Handler.id`: what its response is made of, where it only puts values of the request in. */
  candidates: Map<string, Candidate>
  /** By chunk: lines where loading reads what differs, and where what it got was followed. */
  followed: Map<string, Set<number>>
}

/** What the syntax says of a response in which nothing depends on the request but values put in. */
export interface Candidate {
  /** Null where the response has no content. */
  body: Part[] | null
  /** Headers that have values put in, names in lower case; those without are not named. */
  headers: [string, Part[]][]
  /** What is put in, and where that is read first. */
  reason: Reason
}

// ---------------------------------------------------------------- settle

/** A module's `config`, checked and with its defaults. */
export interface RouteConfig {
  prerender: 'auto' | boolean
  /** Path parameters of the URLs to precompute, decoded; null where the module names none. */
  params: Record<string, string>[] | null
  /** Seconds; 0 for never. */
  revalidate: number
  match: Record<string, { source: string; flags: string }>
  headers: Record<string, string>
  at: Position
}

/** A module of which all is known but the verdicts. */
export interface Endpoint {
  file: string
  role: 'route' | 'not-found' | 'error'
  /** The route's pattern; for `_404` and `_error` that of their folder, with `/*`. */
  pattern: string
  segments: Segment[]
  /** Index into `Site.folders`. */
  folder: number
  /** Whether the default export is a Hono app. */
  mount: boolean
  /** Its method exports, each with the name it is exported by. */
  methods: { method: Method; name: string; at: Position }[]
  config: RouteConfig
  /** The URLs that may be precomputed: a literal route's own, or what `params` enumerates. */
  urls: { path: string; params: Record<string, string> }[]
}

// ---------------------------------------------------------------- evaluate

/** What a module turned out to be when it was run. */
export interface Shape {
  exports: Record<string, 'handler' | 'chain' | 'app' | 'value' | 'unusable'>
  /** `config` as plain data; regular expressions as `{ source, flags }`, a function `params` as its result. */
  config: Record<string, unknown> | null
  /** Set where loading it (or calling `params`) threw. */
  failed: Reason | null
  /** Absolute paths of the files it read: inputs of the build. */
  files: string[]
}

/** What a request has beside its path. */
export interface Asked {
  origin: string
  /** With its `?`, or empty. */
  search: string
  requestHeaders: [string, string][]
}

/** One URL to evaluate. */
export interface Job {
  id: string
  handler: Handler
  /** Canonical path, percent-encoded. */
  path: string
  /** Path parameters, percent-encoded as in `path`. */
  params: Record<string, string>
  /**
   * `prove`: any read of request or ambient state is a reason to fall to dynamic.
   * `keep`: `prerender: true` or `revalidate`; only reads of the request count.
   * `fill`: a trial of a template; reads of the request do not count, all others do.
   */
  mode: 'prove' | 'keep' | 'fill'
  /** The request, where it is not the evaluation's own to choose. */
  asked?: Asked
  /** What role it has: a `_404` module is run as Precast would for an unmatched path. */
  role: 'route' | 'not-found'
  /** From the module's `config.headers`. */
  headers: Record<string, string>
}

/** A whole response, as the handler gave it. */
export interface Snapshot {
  status: number
  /** In the handler's order, names in lower case; `set-cookie` never. */
  headers: [string, string][]
  body: Uint8Array
}

export type Outcome =
  | { id: string; kind: 'snapshot'; snapshot: Snapshot; files: string[] }
  | { id: string; kind: 'dynamic'; reason: Reason }
  /** The handler threw, timed out or used up its memory. In mode `keep` a build error. */
  | { id: string; kind: 'failed'; reason: Reason }

// ---------------------------------------------------------------- fill

/** One request that a template is tried with. */
export interface Trial {
  /** `Handler.id`. */
  handler: string
  job: Job
  /** Path parameters in the route's order, percent-encoded; undefined for a rest of none. */
  values: (string | undefined)[]
}

/** A candidate that its handler's answers bear out. */
export interface Proved {
  template: Template
  /** What is put in. */
  reason: Reason
}

// ---------------------------------------------------------------- judge

/** A response that is the same for every request, with what belongs to its URL. */
export interface Frozen {
  /** Canonical path; `404:N` for the static `_404` of folder N. */
  key: string
  /** `Job.id` of the evaluation it comes from. */
  job: string
  endpoint: Endpoint
  snapshot: Snapshot
  /** Absolute paths of the files its modules read while they loaded. */
  files: string[]
}

export interface Judgement {
  frozen: Frozen[]
  rows: Row[]
  /** Templates by the file of their route. */
  templates: Map<string, Template>
}

/** All that is known of a project once it is compiled; nothing has been written yet. */
export interface Compiled {
  project: Project
  site: Site
  endpoints: Endpoint[]
  judgement: Judgement
  /** Absolute paths of all source files that went in. */
  inputs: string[]
  /** As in `Bundle`. */
  websockets: boolean
}

// ---------------------------------------------------------------- link

/** What the runtime needs to know beside the bytes: everything of the manifest that numbers refer to. */
export interface Linked {
  modules: string[]
  routes: RouteRecord[]
  folders: FolderRecord[]
  /** Index into `routes` by module file; a file without one needs no code and no matching. */
  routeOf: Map<string, number>
}

// ---------------------------------------------------------------- serialize, emit, report

/** One stored response, before it has a place in the file of bytes. */
export interface Entry {
  /** Canonical path; `404:N` for the static `_404` of folder N. */
  key: string
  status: number
  /** Bit mask of what `Allow` says at this URL; see `METHODS` in runtime/artifact.ts. */
  allow: number
  flags: number
  revalidate: number
  /** Index into the manifest's routes, -1 where no code is needed. */
  route: number
  lastModified: number
  variants: EntryVariant[]
}

export interface EntryVariant {
  encoding: Encoding
  etag: string
  head: Uint8Array
  body: Uint8Array | Unread
  /** Of `body`, in bytes. */
  length: number
}

/** A file that is too large to be read whole; known by what a pass over it told. */
export interface Unread {
  /** Absolute path on disk. */
  source: string
  length: number
  /** SHA-256. */
  digest: Uint8Array
  crc32: number
}

export type Verdict = 'static' | 'template' | 'dynamic'

/** A row of the build table and of `precast explain`. */
export interface Row {
  path: string
  method: Method | 'ALL'
  verdict: Verdict
  reason: Reason | null
  role?: '404' | 'error'
  /** The module, project-relative. */
  file: string
  /** Bytes by encoding, where static. */
  sizes?: Partial<Record<Encoding, number>>
}
