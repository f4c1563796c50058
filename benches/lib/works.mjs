// What is measured: for each work its requests, what every answer has to have, and what else a
// contestant has to answer right, so that nobody wins by doing less.

import { pathOf, spread } from './project.mjs'

/** As a browser sends it. */
export const BROWSER = {
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
  'Sec-Fetch-User': '?1',
  'Upgrade-Insecure-Requests': '1',
  Cookie: 'session=0123456789abcdef0123456789abcdef; theme=dark',
}

const PAGE = {
  same: ['content-type', 'content-encoding', 'content-length', 'vary', 'cache-control'],
  present: ['etag', 'last-modified', 'date'],
}

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {string} title as a heading
 * @property {string[]} paths asked for in turn
 * @property {string} [method] GET where it does not say
 * @property {number} [status] of every answer
 * @property {Record<string, string>} headers of each request
 * @property {number} [connections] 64
 * @property {number} [depth] requests in one write
 * @property {number} [slow] bytes a connection takes every 10 ms
 * @property {boolean} [isBesideItself] whether each host is compared with its own first row
 * @property {number} [longer] times the seconds of the other works
 * @property {boolean} [byBytes] whether answers are counted by what arrived of them
 * @property {string[]} same fields that are as the reference has them
 * @property {string[]} present fields that have to be there
 * @property {object[]} probes requests that are not measured, and have to be answered right too
 */

/** @returns {Work[]} for a site of `count` pages, of which `asked` are asked for */
export function worksOf(count, asked = 100) {
  const pages = spread(count, asked).map(pathOf)
  const missing = { method: 'GET', path: '/none', headers: {} }
  const plain = { method: 'GET', path: pages[0], headers: { 'Accept-Encoding': 'identity' } }
  // Of one length, as the pages: the limit knows the length of the first request alone.
  const users = Array.from({ length: 100 }, (_, id) => `/users/${100 + id}`)
  return [
    {
      name: 'page',
      title: `A page of 2 KB in br, one of ${count.toLocaleString('en')}, asked for by a browser`,
      paths: pages,
      headers: BROWSER,
      ...PAGE,
      probes: [plain, missing],
    },
    {
      name: 'hello',
      title: '“Hello, World!”, 24 requests in one write',
      paths: ['/hello'],
      headers: {},
      depth: 24,
      same: ['content-type', 'content-length'],
      present: ['date'],
      probes: [missing],
    },
    {
      name: '304',
      title: 'The same page, not changed (304)',
      paths: [pages[0]],
      // A contestant is asked for its own ETag before.
      headers: { ...BROWSER, 'If-None-Match': '' },
      status: 304,
      same: [],
      present: ['etag', 'date'],
      probes: [plain, { ...plain, headers: { 'If-None-Match': '"another"' } }],
    },
    {
      name: 'head',
      title: 'HEAD of the same pages',
      paths: pages,
      headers: BROWSER,
      method: 'HEAD',
      same: PAGE.same,
      // `Bun.serve` leaves Date out here.
      present: ['etag', 'last-modified'],
      probes: [plain, { ...plain, method: 'HEAD' }],
    },
    {
      name: 'json',
      title: 'Dynamic JSON from /users/:id',
      paths: users,
      headers: { Accept: '*/*' },
      same: ['content-length'],
      type: 'application/json',
      present: ['date'],
      probes: [{ ...missing, path: '/users' }],
    },
    ...['big', 'slow'].map(name => ({
      name,
      title:
        name === 'big'
          ? 'A body of 1 MB, 16 readers that take it as it comes'
          : 'A body of 1 MB, 256 slow readers (1.6 MB a second each)',
      paths: ['/big.bin'],
      headers: {},
      connections: name === 'big' ? 16 : 256,
      // Most of a run is needed until each has taken an answer to its end.
      ...(name === 'slow' && { slow: 16_384, longer: 3 }),
      byBytes: true,
      same: ['content-type', 'content-length'],
      present: ['date'],
      probes: [missing],
    })),
  ]
}

/** One path look-up among many: each host of ours with 10 and with 100,000 routes. */
export function routesWork(sizes) {
  return {
    name: 'routes',
    isBesideItself: true,
    title: `One of ${sizes.map(size => size.toLocaleString('en')).join(', or of ')} pages of 200 bytes`,
    // The same requests whatever the size; each project has its own paths.
    pathsOf: count => spread(count, 10).map(pathOf),
    headers: BROWSER,
    ...PAGE,
    probes: [{ method: 'GET', path: '/none', headers: {} }],
  }
}
