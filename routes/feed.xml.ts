// The blog as an Atom feed.

import type { Context } from 'hono'
import { html } from 'hono/html'
import { posts } from './_data/posts.ts'

const SITE = 'https://precast.example'

export const GET = async (c: Context) => {
  const entries = posts.map(
    post => html`<entry>
    <id>${SITE}/blog/${post.slug}</id>
    <link href="${SITE}/blog/${post.slug}"/>
    <title>${post.title}</title>
    <updated>${post.date}T00:00:00Z</updated>
    <summary>${post.summary}</summary>
  </entry>`,
  )
  const feed = await html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${SITE}/</id>
  <title>Precast blog</title>
  <updated>${posts[0]?.date}T00:00:00Z</updated>
  <link rel="self" href="${SITE}/feed.xml"/>
  <author><name>The Precast authors</name></author>
  ${entries}
</feed>
`
  return c.body(String(feed), 200, { 'Content-Type': 'application/atom+xml; charset=utf-8' })
}
