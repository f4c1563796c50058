// `dist/fetch.js` behind Deno's server, with nothing in between.

const { default: site } = await import(new URL('fetch.js', `file://${Deno.args[0]}/`).href)
const onListen = ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`)
const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen }, request =>
  site.fetch(request),
)
Deno.addSignalListener('SIGTERM', () => server.shutdown())
