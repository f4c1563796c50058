// What the compiler is expected to make of each route of this site, for the page /verdicts. A test
// compares it with what `precast explain --json` says.

export interface Expected {
  method: string
  path: string
  verdict: 'static' | 'template' | 'dynamic'
  why: string
}

export const expected: Expected[] = [
  { method: 'GET', path: '/', verdict: 'static', why: 'JSX with nothing from the request.' },
  { method: 'GET', path: '/how', verdict: 'static', why: 'Prose.' },
  { method: 'GET', path: '/verdicts', verdict: 'static', why: 'A table from a module of data.' },
  { method: 'GET', path: '/blog', verdict: 'static', why: 'A list from a module of data.' },
  {
    method: 'GET',
    path: '/blog/static-is-a-proof',
    verdict: 'static',
    why: 'Named by config.params, so its parameter is known.',
  },
  {
    method: 'GET',
    path: '/blog/:slug',
    verdict: 'dynamic',
    why: 'Any other slug: reads a path parameter.',
  },
  { method: 'GET', path: '/feed.xml', verdict: 'static', why: 'Dates are data, not the clock.' },
  { method: 'GET', path: '/robots.txt', verdict: 'static', why: 'A plain string.' },
  { method: 'GET', path: '/api', verdict: 'static', why: 'A plain object, sent as JSON.' },
  {
    method: 'GET',
    path: '/api/built',
    verdict: 'static',
    why: 'Reads the clock, but asks for prerender: true.',
  },
  {
    method: 'GET',
    path: '/api/minute',
    verdict: 'static',
    why: 'Made again in the background, at most once a minute.',
  },
  {
    method: 'ALL',
    path: '/api/color/*',
    verdict: 'dynamic',
    why: 'A mounted Hono application runs for each request.',
  },
  { method: 'GET', path: '/api/echo', verdict: 'dynamic', why: 'Reads the query.' },
  { method: 'POST', path: '/api/echo', verdict: 'dynamic', why: 'Only GET is ever static.' },
  {
    method: 'GET',
    path: '/api/hello/:name',
    verdict: 'template',
    why: 'Only puts a parameter in.',
  },
  { method: 'GET', path: '/api/notes', verdict: 'dynamic', why: 'Reads a list that POST changes.' },
  { method: 'POST', path: '/api/notes', verdict: 'dynamic', why: 'Only GET is ever static.' },
  { method: 'GET', path: '/api/notes/:id', verdict: 'dynamic', why: 'Reads a path parameter.' },
  { method: 'DELETE', path: '/api/notes/:id', verdict: 'dynamic', why: 'Only GET is ever static.' },
  {
    method: 'GET',
    path: '/hello',
    verdict: 'static',
    why: 'The empty form is the same for everyone.',
  },
  { method: 'POST', path: '/hello', verdict: 'dynamic', why: 'Only GET is ever static.' },
  { method: 'GET', path: '/clock', verdict: 'dynamic', why: 'Reads the clock.' },
  { method: 'GET', path: '/clock/events', verdict: 'dynamic', why: 'A stream that never ends.' },
]
