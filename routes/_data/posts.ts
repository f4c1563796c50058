// The blog's content, newest first.

export interface Post {
  slug: string
  title: string
  /** `YYYY-MM-DD`. */
  date: string
  summary: string
  paragraphs: string[]
}

export const posts: Post[] = [
  {
    slug: 'bytes-not-objects',
    title: 'Bytes, not objects',
    date: '2026-11-18',
    summary: 'What a server does for an answer it already knows, and what it need not do.',
    paragraphs: [
      'A response object is a convenience for the person who writes a handler. The network wants a status line, some fields, an empty line and a body. Between the two lies work: names are checked, values are joined, lengths are counted, a body is compressed.',
      'For an answer that never changes all of that can be done once. What is stored is what goes out, except for the date. The part that remains for each request is small: find the path in a table, look at which encodings the client takes, compare an ETag, write.',
      'Compression shows the difference best. The best levels take milliseconds for a page of three kilobytes, far too long for a request and nothing at all for a build.',
    ],
  },
  {
    slug: 'when-in-doubt',
    title: 'When in doubt: dynamic',
    date: '2026-11-11',
    summary: 'Two mistakes a compiler can make, and why only one of them is a bug.',
    paragraphs: [
      'A compiler that sorts routes can err in two directions. If it calls a fixed page dynamic, the page is a little slower than it could be. If it calls a changing page static, visitors see the wrong thing, and nobody notices until one of them complains.',
      'The two are not alike, so Precast does not weigh them alike. Whatever it cannot follow makes a route dynamic, and the build says what it was: the call, the file, the line.',
      'Often the line is one nobody meant to write, such as a year in a footer. Move it to the build with prerender: true, or take it out, and the page is static again.',
    ],
  },
  {
    slug: 'static-is-a-proof',
    title: 'Static is a proof',
    date: '2026-11-04',
    summary: 'Why running a handler twice is not enough to call it static.',
    paragraphs: [
      'It is tempting to run a handler twice, compare the answers and call it a day. But a handler can count its calls, look at a header that your test did not send, or wait for another route to change a variable.',
      'So the code is read first. Every function a handler reaches is followed, through its imports and its middleware, and each thing it touches has to be known to be harmless. Unknown is not harmless.',
      'Then it is run, in a worker whose clock, random numbers, environment and network are watched. Only where reading and running agree is the answer kept.',
    ],
  },
]

const bySlug = new Map(posts.map(post => [post.slug, post]))

export const findPost = (slug: string): Post | undefined => bySlug.get(slug)

const LONG = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** `2026-11-04` as `4 November 2026`. */
export const longDate = (date: string): string => LONG.format(new Date(`${date}T00:00:00Z`))
