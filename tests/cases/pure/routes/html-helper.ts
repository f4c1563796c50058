// static
import { html, raw } from 'hono/html'

export const GET = c => c.html(html`<p>${'<&>'} ${raw('<br>')}</p>`)
