// A page for each post. The slugs in `config.params` are made at build; any other slug comes here
// at run time and is not found.

import type { Context } from 'hono'
import { Layout } from '../_components/layout.tsx'
import { findPost, longDate, posts } from '../_data/posts.ts'

export const config = { params: posts.map(post => ({ slug: post.slug })) }

export default (c: Context) => {
  const post = findPost(c.req.param('slug') ?? '')
  if (!post) return c.notFound()
  return c.html(
    <Layout title={post.title} description={post.summary} here="/blog" verdict="static">
      <article class="prose">
        <time datetime={post.date}>{longDate(post.date)}</time>
        <h1>{post.title}</h1>
        {post.paragraphs.map(text => (
          <p>{text}</p>
        ))}
        <p>
          <a href="/blog">All posts</a>
        </p>
      </article>
    </Layout>,
  )
}
