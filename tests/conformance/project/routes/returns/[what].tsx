import type { Context } from 'hono'
import { html } from 'hono/html'

const makers: Record<string, (c: Context) => unknown> = {
  string: () => 'grüße',
  empty: () => '',
  object: () => ({ a: 1 }),
  array: () => ['x'],
  bytes: () => new Uint8Array([0, 255]),
  nothing: () => undefined,
  null: () => null,
  number: () => 7,
  false: () => false,
  jsx: () => <b>{'<&>'}</b>,
  component: () => <Page name="you" />,
  html: () => html`<i>${'<'}</i>`,
  promise: async () => 'later',
  response: () => new Response('as it is', { status: 202, headers: { 'x-a': 'b' } }),
  status: c => {
    c.status(418)
    c.header('x-set', 'by the context')
    return 'teapot'
  },
  json: c => c.json({ ok: true }, 201),
  text: c => c.text('text', 200, { 'x-a': 'b' }),
  body: c => c.body('raw'),
  redirect: c => c.redirect('/elsewhere?a=b', 307),
}
const Page = async ({ name }: { name: string }) => <p>hello {name}</p>

// biome-ignore lint/suspicious/noExplicitAny: what it returns is the very question
export const GET = (c: Context): any => {
  const what = c.req.param('what')!
  return Object.hasOwn(makers, what) ? makers[what]!(c) : c.notFound()
}
