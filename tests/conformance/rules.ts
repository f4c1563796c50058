// What a server has to hold to, a rule a row of docs/conformance.md: where it is written and what it
// says in a line. The cases that show it name it by its key; a rule without a case fails the suite.

export interface Rule {
  /** The specification that has it; `conventions` where it is Precast's own. */
  section: string
  statement: string
  /** Concerns only a server that has this: more than one coding of a file, or ranges of one. */
  needs?: 'codings' | 'ranges'
}

const rfc9110 = (section: string) => `RFC 9110 §${section}`
const rfc9112 = (section: string) => `RFC 9112 §${section}`
const rfc3986 = (section: string) => `RFC 3986 §${section}`
const own = 'Precast'

const rule = (section: string, statement: string): Rule => ({ section, statement })
const coding = (section: string, statement: string): Rule => ({
  section,
  statement,
  needs: 'codings',
})
const ranged = (section: string, statement: string): Rule => ({
  section,
  statement,
  needs: 'ranges',
})

export const chapters = {
  'Messages and connections': {
    keep: rule(rfc9112('9.3'), 'A connection is kept for the next request'),
    close: rule(rfc9112('9.6'), '`Connection: close` is answered, said back, and then the end'),
    pipeline: rule(rfc9112('9.3.2'), 'Pipelined requests are answered in their order'),
    pieces: rule(rfc9112('2.2'), 'A request may come in pieces'),
    http10: rule(rfc9112('6.1'), 'An HTTP/1.0 client gets an answer it can read, never chunks'),
    host: rule(rfc9112('3.2'), 'No Host, two of them, or one that is none: 400'),
    absolute: rule(rfc9112('3.2.2'), 'A target in absolute form is understood'),
    malformed: rule(rfc9112('5.1'), 'A malformed field line: 400'),
    date: rule(rfc9110('6.6.1'), '`Date` is on every answer, and right to the second'),
    head: rule(rfc9110('9.3.2'), '`HEAD` has the fields of `GET`, and no content'),
    nothing: rule(rfc9112('6.3'), 'Nothing follows an answer, whatever its status'),
    bodiless: rule(rfc9110('8.6'), 'A 204 has no content, no length and no coding of transfer'),
    reset: rule(rfc9110('15.3.6'), 'A 205 has no content, and its framing says so'),
    expect: rule(rfc9110('10.1.1'), '`Expect: 100-continue` gets a 100 before the content is sent'),
    longTarget: rule(rfc9112('3'), 'A request line of 8,000 bytes is understood'),
  },
  Methods: {
    allow: rule(rfc9110('15.5.6'), 'A method that is not allowed: 405, with `Allow`'),
    unsafe: rule(rfc9110('9.3.3'), 'A fixed page never answers POST, PUT or DELETE with itself'),
    unknown: rule(rfc9110('9.1'), 'An unknown method: 405 or 501; `get` is not `GET`'),
    options: rule(rfc9110('9.3.7'), '`OPTIONS` is answered with `Allow`'),
  },
  Paths: {
    unreserved: rule(
      rfc3986('6.2.2.2'),
      'An escaped letter is that letter; the case of escapes is one',
    ),
    names: rule(rfc3986('2.5'), 'Names with spaces and beyond ASCII, in UTF-8'),
    dots: rule(rfc3986('5.2.4'), 'Dot segments are removed, escaped ones too'),
    inside: rule(rfc9110('17.3'), 'No path leaves the folder, however its dots are written'),
    badPath: rule(
      rfc9110('15.5.1'),
      'A malformed escape, or bytes that are no UTF-8: 400, never 500',
    ),
    caseful: rule(rfc9110('4.2.3'), 'Paths are case-sensitive'),
    slashes: rule(rfc3986('3.3'), 'Empty segments are kept, `%2F` is no slash'),
    redirect: rule(rfc9110('17.9'), 'No path redirects to another host'),
    hidden: rule('RFC 8615 §3', 'Dotfiles are not served, `.well-known` is'),
    trailing: rule(own, 'One slash at the end too many or too few: 308, the query kept'),
  },
  'Content codings': {
    coded: rule(rfc9110('8.4'), 'A coding that is accepted is used, and decodes to the same'),
    refused: coding(rfc9110('12.5.3'), 'A coding with `q=0`, or not named, is never sent'),
    qualities: coding(
      rfc9110('12.4.2'),
      'The higher q-value is preferred; any q-value above 0 accepts',
    ),
    identity: coding(rfc9110('12.5.3'), 'An empty field, or one of other codings only: no coding'),
    notIdentity: coding(
      rfc9110('12.5.3'),
      '`identity;q=0`: another coding; 406 where there is none',
    ),
    tokens: coding(rfc9110('8.4.1'), 'Codings are whole words in any case'),
    lines: coding(rfc9110('5.3'), 'Several lines of a field are one list'),
    vary: coding(
      rfc9110('12.5.5'),
      '`Vary` where the choice depended on the request, 304 included',
    ),
    tags: coding(rfc9110('8.8.3.3'), 'Each coding has an `ETag` of its own'),
    dictionary: rule(
      'RFC 9842 §4',
      'Who holds the dictionary of a family gets `dcz`, nobody else does',
    ),
  },
  Conditions: {
    validators: rule(rfc9110('8.8'), 'An `ETag` and a `Last-Modified` that is not in the future'),
    noneMatch: rule(
      rfc9110('13.1.2'),
      '`If-None-Match`: lists, `*`, several lines, weak comparison',
    ),
    modified: rule(rfc9110('13.1.3'), '`If-Modified-Since`: that date or a later one gives 304'),
    dates: rule(rfc9110('5.6.7'), 'Dates in all three forms; what is none is ignored'),
    match: rule(rfc9110('13.1.1'), '`If-Match`: 412 unless a tag or `*` holds, strong comparison'),
    unmodified: rule(rfc9110('13.1.4'), '`If-Unmodified-Since`: 412 where it changed since'),
    order: rule(rfc9110('13.2.2'), 'Tags before dates, `If-Match` before `If-None-Match`'),
    unchanged: rule(rfc9110('15.4.5'), 'A 304 has the validators, caching and `Vary` of the 200'),
    only2xx: rule(rfc9110('13.2.1'), 'Conditions are looked at only where the answer were a 2xx'),
  },
  Ranges: {
    range: rule(rfc9110('14.1.2'), 'From, from to, and the last so many bytes: 206'),
    partial: ranged(rfc9110('15.3.7'), 'A 206 has the fields of the 200, and its own length'),
    parts: ranged(
      rfc9110('14.6'),
      'Several ranges come as `multipart/byteranges`, or as the whole',
    ),
    unsatisfiable: ranged(rfc9110('15.5.17'), 'A range past the end: 416 with the size'),
    badRange: ranged(rfc9110('14.2'), 'Other units are ignored, malformed ranges too or refused'),
    headRange: ranged(rfc9110('14.2'), '`Range` means nothing to any method but `GET`'),
    ifRange: ranged(
      rfc9110('13.1.5'),
      '`If-Range` by a strong tag or the very date, else the whole',
    ),
    rangeLast: ranged(rfc9110('13.2.2'), 'Conditions come before the range'),
    abuse: ranged(rfc9110('17.15'), 'Many or overlapping ranges never cost more than the whole'),
    mixed: ranged(rfc9110('14.2'), 'A part is of one representation, in its coding'),
  },
  'Files and caching': {
    types: rule(rfc9110('8.3'), 'Media types, with `charset` for text'),
    cacheControl: rule('RFC 9111 §5.2', '`Cache-Control`: ask again, or a year for hashed names'),
    statics: rule(own, 'Status and fields of a handler survive precomputation'),
    large: rule(own, 'A file of any size is answered as a small one, read as the client takes it'),
    beside: rule(own, 'Encodings that lie beside a file are sent as they are'),
    index: rule(own, 'A folder with an `index.html` answers at its slash'),
  },
  'Routes and handlers': {
    routes: rule(own, 'Literals, parameters, rests and groups, as the files are named'),
    precedence: rule(own, 'Literal before parameter before rest, with backtracking'),
    matchers: rule(own, '`config.match` decides what a parameter may be'),
    helpers: rule(own, 'Names with `_` are never routes'),
    headOf: rule(own, '`HEAD` follows from `GET` unless the module has its own'),
    values: rule(own, 'Each value a handler returns becomes the response the docs say'),
    prerender: rule(own, '`prerender` and `params` keep the bytes of the build'),
    middleware: rule(own, 'Middleware runs under its folder, also where nothing matches'),
    notFound: rule(own, 'The nearest `_404` answers'),
    errors: rule(own, 'The nearest `_error` answers whatever was thrown'),
    mounts: rule(own, 'A mounted Hono app sees its paths as they came'),
    requests: rule(own, 'A handler sees method, URL, fields and body as they were sent'),
    streams: rule(own, 'Bodies stream both ways'),
    fields: rule(rfc9110('5.5'), 'A field value with control characters is never sent'),
    hangUp: rule(own, 'A client that hangs up spoils nothing for others'),
  },
} satisfies Record<string, Record<string, Rule>>

type Chapters = typeof chapters
type KeysOf<T> = T extends unknown ? keyof T : never
export type RuleId = KeysOf<Chapters[keyof Chapters]>

export const rules = Object.assign({}, ...Object.values(chapters)) as Record<RuleId, Rule>
