// The one question about hosts that has one answer on all of them: whether the host's name holds a text
// that no host has in its name. Asked of syntax; the analysis and the evaluation have to agree on it.

/** A node of a syntax tree, whichever types the asking stage has for it. */
interface SyntaxNode {
  type: string
  [member: string]: unknown
}

/** How the hosts that serve call themselves; a version follows. */
const HOSTS = ['Node.js/', 'Bun/', 'Deno/']

/**
 * Whether an expression is false on every host, as libraries ask it:
 * `typeof navigator !== 'undefined' && navigator?.userAgent?.includes('Cloudflare')`.
 * Nobody may have declared a `navigator` of their own.
 */
export function isHostProbe(given: object): boolean {
  const node = given as SyntaxNode
  if (node.type !== 'LogicalExpression' || node.operator !== '&&') return false
  const test = node.left as SyntaxNode
  if (test.type !== 'BinaryExpression' || test.operator !== '!==') return false
  const asked = test.left as SyntaxNode
  if (asked.type !== 'UnaryExpression' || asked.operator !== 'typeof') return false
  if (!isNavigator(asked.argument)) return false
  if ((test.right as SyntaxNode).value !== 'undefined') return false
  const call = unchained(node.right)
  const [wanted, ...more] = (call.arguments ?? []) as SyntaxNode[]
  if (call.type !== 'CallExpression' || more.length > 0 || typeof wanted?.value !== 'string')
    return false
  const agent = objectOf(call.callee, 'includes')
  if (!agent || !isNavigator(objectOf(agent, 'userAgent'))) return false
  const { value } = wanted
  return /^[A-Za-z]{4,}$/.test(value) && !HOSTS.some(host => host.includes(value))
}

/** What stands before `.name`; null where that is not what it is. */
function objectOf(given: unknown, name: string): SyntaxNode | null {
  const node = unchained(given)
  if (node.type !== 'MemberExpression' || node.computed) return null
  return (node.property as SyntaxNode).name === name ? (node.object as SyntaxNode) : null
}

function unchained(given: unknown): SyntaxNode {
  const node = given as SyntaxNode
  return node.type === 'ChainExpression' ? unchained(node.expression) : node
}

function isNavigator(given: unknown): boolean {
  if (!given) return false
  const node = unchained(given)
  return node.type === 'Identifier' && node.name === 'navigator'
}
