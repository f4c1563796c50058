// Search over the paths of the reference: every word has to occur, names before parents.

import { lastName, paths } from './reference.ts'

const LIMIT = 50

const lower = paths.map(path => path.toLowerCase())

export interface Found {
  total: number
  /** At most 50, best first. */
  paths: string[]
}

export function search(query: string): Found {
  const words = query.toLowerCase().slice(0, 200).split(/\s+/).filter(Boolean)
  if (words.length === 0) return { total: 0, paths: [] }
  const hits: { path: string; score: number }[] = []
  for (let i = 0; i < lower.length; i++) {
    const path = lower[i]!
    if (!words.every(word => path.includes(word))) continue
    const name = lastName(path)
    const last = words[words.length - 1]!
    const score = name === last ? 0 : name.startsWith(last) ? 1 : name.includes(last) ? 2 : 3
    hits.push({ path: paths[i]!, score: score * 1000 + path.length })
  }
  hits.sort((a, b) => a.score - b.score)
  return { total: hits.length, paths: hits.slice(0, LIMIT).map(hit => hit.path) }
}
