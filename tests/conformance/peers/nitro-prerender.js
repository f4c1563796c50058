// The route that Nitro prerenders: a text for each path of `pages.js`, 404 for others.
import { defineHandler, HTTPError } from 'nitro/h3'
import { pages } from '../pages.js'

export default defineHandler(event => {
  const page = pages.get(event.url.pathname)
  if (!page) throw HTTPError.status(404)
  const [type, base64] = page
  return new Response(Buffer.from(base64, 'base64'), { headers: { 'content-type': type } })
})
