// Nitro with its public assets compressed at build, for Node.js.
export default {
  compatibilityDate: '2026-01-01',
  preset: 'node_server',
  compressPublicAssets: { gzip: true, brotli: true, zstd: true },
}
