import type { Context } from 'hono'

export const GET = (c: Context) =>
  c.body('{"v":1}', 200, {
    'content-type': 'application/vnd.example+json',
    'cache-control': 'public, max-age=60',
    'content-language': 'de',
    link: '</a>; rel=next',
    'x-latin': 'caf\xe9',
    'x-empty': '',
  })
