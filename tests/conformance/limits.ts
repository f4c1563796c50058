// What a host cannot do because the platform's own server, which Precast does not replace there, does
// otherwise. The suite wants each of these to fail, so the list cannot outlive its reason.

import type { Host } from '../lib/servers.ts'

const CLOSE = 'Connection: close is said back, and the connection ends'
const CLOSE_LIST = 'Connection: close is said back whatever answers, and in a list too'
const HOST = 'no Host, two, or what is none'

/** By host and by name of case or check: why. */
export const limits: Partial<Record<Host, Record<string, string>>> = {
  'bun-serve': {
    [CLOSE]: '`Bun.serve` closes without the field',
    [CLOSE_LIST]: '`Bun.serve` closes without the field',
    [HOST]: '`Bun.serve` takes two lines of Host, and joins them',
    'BREW /article.html': '`Bun.serve` closes over a method it does not know',
    'get /article.html (in small letters)': '`Bun.serve` closes over a method it does not know',
  },
  'deno-serve': {
    [HOST]: '`Deno.serve` takes HTTP/1.1 without Host, and does not say which version it was',
    'several statuses without content on one connection':
      '`Deno.serve` takes the length of 0 off a 205',
  },
  uws: {
    'HTTP/1.0 with and without Host': 'uWebSockets.js answers 505',
    'a target in absolute form': 'uWebSockets.js answers 505',
    'field lines that are none':
      'uWebSockets.js takes a line without a name, and sees none behind it',
  },
}
