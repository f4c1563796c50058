import type { Context } from 'hono'
import { Layout } from '../_components/layout.tsx'
import { browsers, findBrowser } from '../_lib/browsers.ts'

export const config = { params: browsers.map(({ id }) => ({ id })) }

export default (c: Context) => {
  const browser = findBrowser(c.req.param('id') ?? '')
  if (!browser) return c.notFound()
  return c.html(
    <Layout title={browser.name}>
      <nav aria-label="Breadcrumb">
        <a href="/">All</a>
      </nav>
      <h1>{browser.name}</h1>
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Released</th>
            <th scope="col">Status</th>
            <th scope="col">Engine</th>
          </tr>
        </thead>
        <tbody>
          {browser.releases.map(release => (
            <tr>
              <th scope="row">{release.version}</th>
              <td>{release.date}</td>
              <td>{release.status}</td>
              <td>{release.engine}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Layout>,
  )
}
