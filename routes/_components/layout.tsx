// The frame around every page of the site: head, navigation, footer. The footer says what the
// compiler makes of the page, so each caller passes the verdict it expects.

import { html } from 'hono/html'
import type { Child } from 'hono/jsx'

const NAV = [
  ['/', 'Home'],
  ['/how', 'How it works'],
  ['/verdicts', 'Verdicts'],
  ['/blog', 'Blog'],
  ['/hello', 'Form'],
  ['/clock', 'Clock'],
] as const

const SAYS = {
  static: 'These bytes were made when the site was built. No code ran for your request.',
  dynamic: 'A handler ran for your request.',
} as const

interface Props {
  title: string
  description?: string
  /** Path of the navigation entry to mark. */
  here?: string
  verdict: keyof typeof SAYS
  children?: Child
}

export const Layout = ({
  title,
  description,
  here,
  verdict,
  children,
}: Props) => html`<!DOCTYPE html>
${(
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      {description ? <meta name="description" content={description} /> : null}
      <title>{title}</title>
      <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      <link rel="alternate" href="/feed.xml" type="application/atom+xml" title="Precast blog" />
      <link rel="stylesheet" href="/site.css" />
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          Precast
        </a>
        <nav aria-label="Main">
          {NAV.map(([href, label]) => (
            <a href={href} aria-current={href === here ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
      </header>
      <main id="main">{children}</main>
      <footer class="foot">
        <Badge verdict={verdict} /> <span>{SAYS[verdict]}</span>
      </footer>
    </body>
  </html>
)}`

export const Badge = ({ verdict }: { verdict: string }) => (
  <span class={`badge ${verdict}`} data-verdict={verdict}>
    {verdict}
  </span>
)
