// dynamic: a text that loading changes after it was written
import type { Context } from 'hono'
const words = { hello: 'Hello' }
words.hello = 'Hallo'
export default (c: Context) => c.text(`${words.hello} ${c.req.query('name')}`) // cause
