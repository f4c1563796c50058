// The frame around every page.

import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import { date, version } from '../_lib/browsers.ts'

interface Props {
  title: string
  /** What was searched for, to stay in the search field. */
  query?: string
  children?: Child
}

export const Layout = ({ title, query, children }: Props) => html`<!DOCTYPE html>
${(
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title} · Compat</title>
      <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/style.css" />
    </head>
    <body>
      <header>
        <a class="brand" href="/">
          Compat
        </a>
        <search>
          <form action="/search">
            <input
              type="search"
              name="q"
              aria-label="Search features"
              placeholder="Search"
              value={query}
            />
          </form>
        </search>
      </header>
      <main>{children}</main>
      <footer>
        <a href="https://github.com/mdn/browser-compat-data">@mdn/browser-compat-data</a> {version},{' '}
        {date}. CC0.
      </footer>
    </body>
  </html>
)}`
