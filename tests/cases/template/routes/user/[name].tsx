// template
import type { Context } from 'hono'
const Card = ({ name, more }: { name: string; more?: string }) => (
  <article id={more}>{name}</article>
)
export default (c: Context) => c.html(<Card name={c.req.param('name')!} more={c.req.query('more')} />)
