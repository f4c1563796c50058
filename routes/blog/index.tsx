import { Layout } from '../_components/layout.tsx'
import { longDate, posts } from '../_data/posts.ts'

export default () => (
  <Layout title="Blog" description="Notes on precomputation." here="/blog" verdict="static">
    <h1>Blog</h1>
    <ul class="posts">
      {posts.map(post => (
        <li>
          <time datetime={post.date}>{longDate(post.date)}</time>
          <h2>
            <a href={`/blog/${post.slug}`}>{post.title}</a>
          </h2>
          <p>{post.summary}</p>
        </li>
      ))}
    </ul>
  </Layout>
)
