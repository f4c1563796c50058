// Nitro with each page prerendered from a route, and compressed at build, for Node.js.
import { pages } from './pages.js'

export default {
  compatibilityDate: '2026-01-01',
  preset: 'node_server',
  serverDir: './',
  compressPublicAssets: { gzip: true, brotli: true, zstd: true },
  prerender: { autoSubfolderIndex: false, failOnError: true, routes: [...pages.keys()] },
}
