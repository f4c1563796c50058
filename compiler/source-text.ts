// The text of a source file -> what bundling it takes: its loader, its JSX pragmas, and modules that say
// what `import.meta` says of it. Reads no file.

import { dirname, extname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The JSX pragmas at the head of a file as a comment of their own, with the transform they mean: esbuild
 * goes by tsconfig.json alone there, and a transform of its own loses comments. '' where there are none.
 */
export function pragmasOf(text: string): string {
  const head = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(text)![0]
  const said = new Map<string, string>()
  for (const [, name, value] of head.matchAll(
    /@(jsx|jsxFrag|jsxImportSource|jsxRuntime)\s+([^\s*]+)/g,
  ))
    said.set(name!, value!)
  if (said.size === 0) return ''
  const implied = said.has('jsxImportSource')
    ? 'automatic'
    : said.has('jsx')
      ? 'classic'
      : undefined
  if (implied && !said.has('jsxRuntime')) said.set('jsxRuntime', implied)
  return `/* ${[...said].map(([name, value]) => `@${name} ${value}`).join(' ')} */`
}

export const HERE = ['url', 'dirname', 'filename'] as const

/** The module of an `import.meta` for analysis: each part still depends on what the analyzer sees. */
export function here(source: string): string {
  return `
    export const url = import.meta.url && ${JSON.stringify(pathToFileURL(source).href)}
    export const dirname = import.meta.url && ${JSON.stringify(dirname(source))}
    export const filename = import.meta.url && ${JSON.stringify(source)}`
}

/** The same for serving: computed from where the chunk lies. */
export function moved(source: string, outdir: string): string {
  const path = relative(join(outdir, 'chunks'), source).split(sep).map(encodeURIComponent).join('/')
  const folder = JSON.stringify(`${dirname(path)}`)
  return `
    export const url = new URL(${JSON.stringify(path)}, import.meta.url).href
    export const filename = decodeURIComponent(new URL(${JSON.stringify(path)}, import.meta.url).pathname)
    export const dirname = decodeURIComponent(new URL(${folder}, import.meta.url).pathname)`
}

export function loaderOf(path: string): 'ts' | 'tsx' | 'js' | 'jsx' {
  const ending = extname(path).replace(/^\.[cm]/, '.')
  if (ending === '.ts' || ending === '.tsx' || ending === '.jsx')
    return ending.slice(1) as 'ts' | 'tsx' | 'jsx'
  return 'jsx'
}
