// static
import { Layout, List } from './_layout.tsx'

const items = [
  { name: 'one', done: true },
  { name: 'two & a half', done: false },
]
export const GET = c =>
  c.html(
    <Layout title="A page">
      <h1>Items</h1>
      <List items={items} />
      {items.length > 1 && <p>More than one</p>}
    </Layout>,
  )
