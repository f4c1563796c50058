// A page for each feature, group and section: /features/css/properties/gap. All known paths are
// made at build; any other comes here at run time and is not found.

import type { Context } from 'hono'
import { raw } from 'hono/html'
import { Crumbs } from '../_components/crumbs.tsx'
import { Layout } from '../_components/layout.tsx'
import { SupportTable } from '../_components/support.tsx'
import { childrenOf, findDetails, lastName, paths, titleOf, urlOf } from '../_lib/reference.ts'

export const config = { params: () => paths.map(path => ({ path })) }

export default (c: Context) => {
  const path = c.req.param('path') ?? ''
  const feature = findDetails(path)
  if (!feature) return c.notFound()
  const parts = childrenOf(path)
  return c.html(
    <Layout title={titleOf(path)}>
      <Crumbs path={path} />
      <h1>{titleOf(path)}</h1>
      {feature.description ? <p>{raw(feature.description)}</p> : null}
      {feature.status?.map(status => (
        <span class="chip">{status}</span>
      ))}
      {feature.support ? <SupportTable support={feature.support} /> : null}
      {parts.length > 0 ? (
        <section>
          <h2>{feature.support ? 'Parts' : 'Features'}</h2>
          <ul class="names">
            {parts.map(part => (
              <li>
                <a href={urlOf(part)}>{lastName(part)}</a>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <p class="links">
        {feature.mdn ? <a href={feature.mdn}>MDN</a> : null}
        {feature.specs?.map(spec => (
          <a href={spec}>Specification</a>
        ))}
        {feature.support ? <a href={`/api${urlOf(path)}`}>JSON</a> : null}
      </p>
    </Layout>,
  )
}
