// The sample site in a real browser: what no client of our own would notice, such as an error in the
// console, a form that does not post, or a cache that is asked for what it has.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page, Response } from 'playwright-core'
import { launch, skip } from './lib/chromium.ts'
import { build, root, temporary } from './lib/project.ts'
import { type Server, serve } from './lib/servers.ts'

describe('the sample site in Chromium', { skip }, () => {
  let browser: Browser
  let server: Server
  let site: string

  before(async () => {
    const folder = temporary()
    for (const name of ['routes', 'public'])
      cpSync(join(root, name), join(folder, name), { recursive: true })
    await build(folder)
    const started = await serve(folder, 'node')
    if (typeof started === 'string') throw new Error(started)
    server = started
    site = `http://127.0.0.1:${server.port}`
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** Runs with a page of its own; whatever goes wrong in that page fails the test. */
  async function visit(run: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext()
    const page = await context.newPage()
    const wrong: string[] = []
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text())
    })
    page.on('pageerror', error => wrong.push(error.message))
    page.on('requestfailed', request => {
      // A page that is left ends what it was still loading itself; servers cannot cause this one.
      const why = request.failure()?.errorText
      if (why !== 'net::ERR_ABORTED') wrong.push(`${request.url()} failed: ${why}`)
    })
    try {
      await run(page)
    } finally {
      await context.close()
    }
    assert.deepEqual(wrong, [])
  }

  test('every page that the home page leads to loads, and nothing is in the console', async () => {
    await visit(async page => {
      const seen = new Set<string>()
      const queue = ['/']
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        if (seen.has(path)) continue
        seen.add(path)
        const response = await page.goto(site + path, { waitUntil: 'load' })
        assert.equal(response!.status(), 200, path)
        if (!response!.headers()['content-type']!.startsWith('text/html')) continue
        assert.notEqual(await page.title(), '', `${path} has no title`)
        const links = await page
          .locator('a[href]')
          .evaluateAll(all => all.map(one => (one as unknown as { href: string }).href))
        for (const link of links) {
          const url = new URL(link)
          if (url.origin === site) queue.push(url.pathname)
        }
      }
      assert.ok(seen.size >= 8, `only ${[...seen]} were found`)
    })
  })

  test('the style is applied, from a file of public/', async () => {
    await visit(async page => {
      const sheets: Response[] = []
      page.on('response', response => {
        if (response.request().resourceType() === 'stylesheet') sheets.push(response)
      })
      await page.goto(site)
      assert.ok(sheets.length > 0)
      for (const sheet of sheets) assert.match(sheet.headers()['content-type']!, /^text\/css/)
      const rules = await page.evaluate('document.styleSheets[0].cssRules.length')
      assert.ok(Number(rules) > 5)
    })
  })

  test('what compresses comes as br or zstd', async () => {
    await visit(async page => {
      // Chromium offers br and zstd to secure origins, which the loopback address is.
      const response = await page.goto(site)
      assert.match(response!.headers()['content-encoding'] ?? 'identity', /^(br|zstd)$/)
      assert.match(response!.headers().vary!, /accept-encoding/i)
      assert.match(await page.content(), /<h1/)
    })
  })

  test('a reload asks again and is answered 304, with the page whole', async () => {
    await visit(async page => {
      await page.goto(site)
      const before = await page.content()
      const session = await page.context().newCDPSession(page)
      await session.send('Network.enable')
      const statuses = new Map<string, number>()
      session.on('Network.responseReceivedExtraInfo', event =>
        statuses.set(event.requestId, event.statusCode),
      )
      let document = ''
      session.on('Network.requestWillBeSent', event => {
        if (event.type === 'Document') document = event.requestId
      })
      await page.reload()
      assert.equal(statuses.get(document), 304)
      assert.ok([...statuses.values()].every(status => status === 304 || status === 200))
      assert.equal(await page.content(), before)
    })
  })

  test('a form posts, and what was typed comes back as text', async () => {
    await visit(async page => {
      await page.goto(`${site}/hello`)
      await page.locator('input[name=name]').fill('Ada <b id="x">& co</b>')
      await Promise.all([page.waitForEvent('load'), page.locator('button[type=submit]').click()])
      assert.equal(await page.locator('#said').textContent(), 'Ada <b id="x">& co</b>')
      assert.equal(await page.locator('#x').count(), 0)
    })
  })

  test('the clock goes on, from a stream of events', async () => {
    await visit(async page => {
      await page.goto(`${site}/clock`)
      const first = (await page.locator('#clock').textContent())!
      await page.locator('#clock').filter({ hasNotText: first }).waitFor()
      assert.match((await page.locator('#clock').textContent())!, /^\d\d:\d\d:\d\d$/)
    })
  })

  test('a URL that does not exist shows the 404 page', async () => {
    const page = await browser.newPage()
    const response = await page.goto(`${site}/no/such/page`)
    assert.equal(response!.status(), 404)
    assert.match((await page.locator('h1').first().textContent()) ?? '', /\w/)
    await page.close()
  })
})
