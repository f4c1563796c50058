import type { Context } from 'hono'
import { Layout } from './_components/layout.tsx'
import { urlOf } from './_lib/reference.ts'
import { search } from './_lib/search.ts'

export default (c: Context) => {
  const query = c.req.query('q') ?? ''
  const found = search(query)
  return c.html(
    <Layout title="Search" query={query}>
      <h1>Search</h1>
      <p>
        {found.total} {found.total === 1 ? 'feature' : 'features'} for “{query}”
        {found.total > found.paths.length ? `, the best ${found.paths.length} below` : ''}.
      </p>
      <ul class="results">
        {found.paths.map(path => (
          <li>
            <a href={urlOf(path)}>{path.replaceAll('/', ' / ')}</a>
          </li>
        ))}
      </ul>
    </Layout>,
  )
}
