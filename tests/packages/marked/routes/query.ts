// dynamic: renders what the request asks for
import { marked } from 'marked'

export const GET = c => c.html(marked.parse(c.req.query('text') ?? '')) // cause
