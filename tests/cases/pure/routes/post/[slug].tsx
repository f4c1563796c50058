// static: where config.params names the URL
const posts = [
  { slug: 'first', text: 'One' },
  { slug: 'second post', text: 'Two' },
]
export const config = { params: posts.map(({ slug }) => ({ slug })) }
export const GET = c => {
  const post = posts.find(one => one.slug === c.req.param('slug'))
  return post ? c.html(<article>{post.text}</article>) : c.notFound()
}
