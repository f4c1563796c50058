// The reference in memory: a table from path to feature, built once when the module loads and never
// changed. A feature's details stay text until somebody asks for them.

import text from '../../data/features.txt' with { type: 'text' }

export interface Statement {
  added: string | false
  removed?: string
  partial?: true
  prefix?: string
  name?: string
  flag?: string
  /** HTML, made safe by prepare.mjs. */
  notes?: string[]
}

export type Support = string | false | Statement[]

export interface Details {
  /** HTML, made safe by prepare.mjs. */
  description?: string
  mdn?: string
  specs?: string[]
  status?: string[]
  /** By browser id; where there is nothing but a version, just that. Absent for groups. */
  support?: Record<string, Support>
}

const TITLES: Record<string, string> = {
  api: 'Web APIs',
  css: 'CSS',
  html: 'HTML',
  http: 'HTTP',
  javascript: 'JavaScript',
  manifests: 'Manifests',
  mathml: 'MathML',
  mediatypes: 'Media types',
  svg: 'SVG',
  webassembly: 'WebAssembly',
  webdriver: 'WebDriver',
  webextensions: 'WebExtensions',
}

const details = new Map<string, string>()
const children = new Map<string, string[]>()

for (const line of text.split('\n')) {
  const tab = line.indexOf('\t')
  if (tab < 0) continue
  const path = line.slice(0, tab)
  details.set(path, line.slice(tab + 1))
  const slash = path.lastIndexOf('/')
  if (slash < 0) continue
  const siblings = children.get(path.slice(0, slash))
  if (siblings) siblings.push(path)
  else children.set(path.slice(0, slash), [path])
}

/** `css/properties/gap` and so on, in the order of the data. */
export const paths: string[] = [...details.keys()]

export const sections: { name: string; title: string; size: number }[] = paths
  .filter(path => !path.includes('/'))
  .map(name => ({
    name,
    title: TITLES[name] ?? name,
    size: paths.filter(path => path.startsWith(`${name}/`)).length,
  }))

export function findDetails(path: string): Details | undefined {
  const json = details.get(path)
  return json === undefined ? undefined : (JSON.parse(json) as Details)
}

export const childrenOf = (path: string): string[] => children.get(path) ?? []

/** All below `path`, itself not among them. */
export const below = (path: string): string[] => paths.filter(p => p.startsWith(`${path}/`))

export const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export const titleOf = (path: string): string => TITLES[path] ?? lastName(path)

export const urlOf = (path: string): string => `/features/${encodeURI(path)}`
