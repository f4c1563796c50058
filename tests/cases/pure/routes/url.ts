// static
const site = new URL('https://example.com/base/')
export const GET = () => {
  const url = new URL('page?x=1', site)
  url.searchParams.set('q', 'a b')
  return url.href
}
