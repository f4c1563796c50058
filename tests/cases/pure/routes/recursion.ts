// static
const tree = { name: 'root', children: [{ name: 'a', children: [] }, { name: 'b', children: [{ name: 'c', children: [] }] }] }
const render = (node, depth = 0) => [
  '  '.repeat(depth) + node.name,
  ...node.children.flatMap(child => render(child, depth + 1)),
]
export const GET = c => c.text(render(tree).join('\n'))
