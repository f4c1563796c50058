// Bun.serve with a route for each file, which Bun then serves by itself: with ranges and dates, but
// without ETags, which it has only for bytes held in memory. Arguments: port, folder.

const [port, folder] = process.argv.slice(2)
const root = `${folder}/public`
const routes = {}
for await (const name of new Bun.Glob('**/*').scan({ cwd: root, dot: true })) {
  if (/(^|\/)\.(?!well-known)|\.(gz|br|zst)$/.test(name)) continue
  const file = Bun.file(`${root}/${name}`)
  const url = `/${name.split('/').map(encodeURIComponent).join('/')}`
  routes[url.replace(/\/index\.html$/, '/')] = new Response(file)
}
Bun.serve({
  port: Number(port),
  hostname: '127.0.0.1',
  routes,
  fetch: () => new Response('Not Found', { status: 404 }),
})
