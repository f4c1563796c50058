import type { Context } from 'hono'

const menu = Array.from({ length: 60 }, (_, i) => `<a href="/family/${(i * 7919) % 9973}">${i}</a>`)

export const config = { params: Array.from({ length: 10 }, (_, i) => ({ id: `page-${i}` })) }
export const GET = (c: Context) =>
  c.html(`<nav>${menu.join('')}</nav><h1>${c.req.param('id')}</h1>`)
