import { html } from 'hono/html'

export const GET = html`<p>${'<b>'}</p>`
