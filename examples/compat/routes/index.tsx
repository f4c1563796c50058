import { Layout } from './_components/layout.tsx'
import { browsers } from './_lib/browsers.ts'
import { paths, sections, urlOf } from './_lib/reference.ts'

export default () => (
  <Layout title="What browsers can do">
    <h1>What browsers can do</h1>
    <p>
      {paths.length} pages about features of the web platform, and since when each browser has them.
      Every page was made when the site was built.
    </p>
    <h2>Sections</h2>
    <ul class="cards">
      {sections.map(section => (
        <li>
          <a href={urlOf(section.name)}>{section.title}</a>
          <small>{section.size}</small>
        </li>
      ))}
    </ul>
    <h2>Browsers</h2>
    <ul class="names">
      {browsers.map(browser => (
        <li>
          <a href={`/browsers/${browser.id}`}>{browser.name}</a>
        </li>
      ))}
    </ul>
    <p class="links">
      <a href="/api">JSON API</a>
    </p>
  </Layout>
)
