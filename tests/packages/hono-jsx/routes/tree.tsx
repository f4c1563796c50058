// static: a tree of components
import type { FC } from 'hono/jsx'

const Item: FC<{ name: string; price: number }> = ({ name, price }) => (
  <li class={price > 3 ? 'dear' : undefined}>
    {name}: {price.toFixed(2)}
  </li>
)
const Layout: FC<{ title: string }> = ({ title, children }) => (
  <html lang="en">
    <head>
      <title>{title}</title>
    </head>
    <body>{children}</body>
  </html>
)
const goods = [
  { name: 'Tea', price: 2.5 },
  { name: 'Coffee', price: 3.2 },
]

export const GET = c =>
  c.html(
    <Layout title="Prices">
      <ul>
        {goods.map(one => (
          <Item {...one} />
        ))}
      </ul>
    </Layout>,
  )
