// static: an instance with a renderer of its own
import { Marked } from 'marked'

const marked = new Marked({
  renderer: {
    heading({ tokens, depth }) {
      return `<h${depth} class="title">${this.parser.parseInline(tokens)}</h${depth}>`
    },
  },
})

export const GET = c => c.html(marked.parse('# Hi *you*'))
