import type { Context } from 'hono'

export const config = {
  prerender: true,
  params: async () => [{ page: 'one' }, { page: 'drei/vier' }],
  match: { page: /[a-z/]+/ },
}
export const GET = (c: Context) => c.text(`page ${c.req.param('page')}`)
