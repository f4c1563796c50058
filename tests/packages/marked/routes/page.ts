// static: renders Markdown that is bundled
import { marked } from 'marked'
import text from '../page.md'

export const GET = c => c.html(marked.parse(text))
