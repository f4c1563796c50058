// dynamic: a hook counts the tokens of all requests
import { Marked } from 'marked'

let tokens = 0
const marked = new Marked({
  walkTokens() {
    tokens++ // cause
  },
})

export const GET = c => c.html(`${marked.parse('# Hi')}`)
