// The way from the home page to a feature: each ancestor is a page.

import { titleOf, urlOf } from '../_lib/reference.ts'

export const Crumbs = ({ path }: { path: string }) => {
  const names = path.split('/')
  return (
    <nav aria-label="Breadcrumb">
      <a href="/">All</a>
      {names.slice(0, -1).map((_, i) => {
        const parent = names.slice(0, i + 1).join('/')
        return (
          <>
            {' / '}
            <a href={urlOf(parent)}>{titleOf(parent)}</a>
          </>
        )
      })}
    </nav>
  )
}
