export const Layout = ({ title, children }) => (
  <html lang="en">
    <head>
      <title>{title}</title>
    </head>
    <body>{children}</body>
  </html>
)
export const List = ({ items }) => (
  <ul>
    {items.map(item => (
      <li class={item.done ? 'done' : undefined}>{item.name}</li>
    ))}
  </ul>
)
