// Nitro as its documentation has it for Bun.
export default { compatibilityDate: '2026-01-01', preset: 'bun', serverDir: './' }
