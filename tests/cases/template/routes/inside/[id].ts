// template
import type { Context } from 'hono'
export default [(c: Context) => c.text(`inside ${c.req.param('id')}`)]
