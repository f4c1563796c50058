// Files and pages as Chromium fetches them by itself: a film it seeks in by ranges, what it has and
// asks about again, the codings it takes.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page, Response } from 'playwright-core'
import { launch, skip } from './lib/chromium.ts'
import { build, project } from './lib/project.ts'
import { HOSTS, type Server, serve, stopAll } from './lib/servers.ts'
import { type Frame, webm } from './lib/webm.ts'

/** Seconds of the film, each in a colour of its own, and bytes that each takes. */
const SECONDS = 8
const SECOND_BYTES = 3 << 20

const FILES = {
  'routes/index.tsx':
    'export default () => <html lang="en"><head><link rel="stylesheet" href="/style.css" /><title>Home</title></head><body><h1>Home</h1>{Array.from({ length: 200 }, (_, i) => <p>Paragraph {i}</p>)}</body></html>\n',
  'precast.config.ts': 'export default { dictionary: true }\n',
  'routes/family/[id].tsx':
    'export const config = { params: Array.from({ length: 20 }, (_, i) => ({ id: String(i) })) }\nexport const GET = c => c.html(<body><h1>{c.req.param("id")}</h1>{Array.from({ length: 200 }, (_, i) => <a href={`/family/${(i * 7919) % 997}`}>{i}</a>)}</body>)\n',
  'public/style.css': 'h1 { color: rgb(1, 2, 3) }\n'.repeat(100),
  'public/player.html':
    '<!doctype html><title>Player</title><video muted preload="metadata" src="/film.webm"></video>\n',
}

describe('files in Chromium', { skip }, () => {
  let browser: Browser
  const servers = new Map<string, Server>()
  const folder = project(skip ? {} : FILES)

  before(async () => {
    // Loopback under a name that is no secure origin.
    browser = await launch('--host-resolver-rules=MAP plain.example 127.0.0.1')
    writeFileSync(join(folder, 'public', 'film.webm'), await film(browser))
    await build(folder)
    for (const host of HOSTS) {
      const started = await serve(folder, host)
      if (typeof started !== 'string') servers.set(host, started)
    }
  })
  after(async () => {
    await browser?.close()
    await stopAll(servers.values())
  })

  /** Runs with a page of its own, and the address of a host. */
  async function visit(host: string, run: (page: Page, site: string) => Promise<void>) {
    const context = await browser.newContext()
    try {
      await run(await context.newPage(), `http://127.0.0.1:${servers.get(host)!.port}`)
    } finally {
      await context.close()
    }
  }

  for (const host of HOSTS) {
    test(`a film is sought in by ranges: ${host}`, async t => {
      if (!servers.has(host)) return t.skip('this host does not run here')
      await visit(host, async (page, site) => {
        const parts: Response[] = []
        page.on('response', response => {
          if (response.url().endsWith('/film.webm')) parts.push(response)
        })
        await page.goto(`${site}/player.html`)
        assert.equal(await page.evaluate(duration), SECONDS)
        for (const second of [6, 1, 7, 0, 4])
          assert.equal(await page.evaluate(colourAt, second + 0.5), second)
        const statuses = new Set(parts.map(part => part.status()))
        assert.deepEqual([...statuses], [206])
        const starts = new Set(parts.map(part => part.headers()['content-range']))
        assert.ok(starts.size > 2, `${[...starts]}`)
      })
    })
  }

  test('what it has is asked about again, and is a 304', async () => {
    await visit('node', async (page, site) => {
      const session = await page.context().newCDPSession(page)
      await session.send('Network.enable')
      // Either event of a request may come first.
      const paths = new Map<string, string>()
      let seen: [string, number][] = []
      session.on('Network.requestWillBeSent', ({ requestId, request }) =>
        paths.set(requestId, new URL(request.url).pathname),
      )
      session.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) =>
        seen.push([requestId, statusCode]),
      )
      const statuses = async () => {
        // The page may be told of its load before this session is of the answers.
        for (const end = Date.now() + 5_000; seen.length < 2 && Date.now() < end; )
          await page.waitForTimeout(20)
        return Object.fromEntries(seen.map(([id, status]) => [paths.get(id), status]))
      }
      await page.goto(site)
      assert.deepEqual(await statuses(), { '/': 200, '/style.css': 200 })
      seen = []
      await page.reload()
      assert.deepEqual(await statuses(), { '/': 304, '/style.css': 304 })
      assert.equal(await page.evaluate(colourOfHeading), 'rgb(1, 2, 3)')
    })
  })

  for (const coding of ['zstd', 'br', 'gzip'] as const) {
    test(`${coding} is sent where it is asked for, and read`, async () => {
      await visit('node', async (page, site) => {
        await page.setExtraHTTPHeaders({ 'accept-encoding': coding })
        const sent: Record<string, string | undefined> = {}
        page.on('response', response => {
          sent[new URL(response.url()).pathname] = response.headers()['content-encoding']
        })
        await page.goto(site)
        assert.deepEqual(sent, { '/': coding, '/style.css': coding })
        assert.equal(await page.locator('p').count(), 200)
        assert.equal(await page.evaluate(colourOfHeading), 'rgb(1, 2, 3)')
      })
    })
  }

  test('pages of a family come in dcz once their dictionary is there', async () => {
    await visit('node', async (page, site) => {
      const dictionary = page.waitForResponse(/\.dictionary$/)
      const first = (await page.goto(`${site}/family/0`))!
      assert.equal(first.headers()['content-encoding'], 'br')
      await (await dictionary).finished()
      // Chromium tells nobody when it has put it away, which takes a moment.
      for (let id = 1; id < 20; id++) {
        const next = (await page.goto(`${site}/family/${id}`))!
        assert.equal(await page.locator('h1').textContent(), String(id))
        assert.equal(await page.locator('a').count(), 200)
        if (next.headers()['content-encoding'] === 'dcz') return
      }
      assert.fail('none of 20 pages came in dcz')
    })
  })

  test('a secure origin is offered br and zstd, another one gzip, and each is sent what it takes', async () => {
    const offers: Record<string, string[]> = {}
    for (const name of ['127.0.0.1', 'localhost', 'plain.example']) {
      await visit('node', async (page, site) => {
        const response = (await page.goto(site.replace('127.0.0.1', name)))!
        const offered = (await response.request().allHeaders())['accept-encoding']!
        const sent = response.headers()['content-encoding']!
        assert.ok(offered.split(', ').includes(sent), `${sent} of ${offered}`)
        assert.equal(await page.locator('p').count(), 200)
        offers[name] = offered.split(', ').filter(coding => coding !== 'deflate')
      })
    }
    assert.deepEqual(offers, {
      '127.0.0.1': ['gzip', 'br', 'zstd'],
      localhost: ['gzip', 'br', 'zstd'],
      'plain.example': ['gzip'],
    })
  })
})

// ---------------------------------------------------------------- in the page, as text

const colourOfHeading = "getComputedStyle(document.querySelector('h1')).color"

const duration = `new Promise((resolve, reject) => {
  const video = document.querySelector('video')
  video.onerror = () => reject(new Error(video.error.message))
  if (video.readyState > 0) resolve(video.duration)
  video.onloadedmetadata = () => resolve(video.duration)
})`

/** Seeks, and tells from the colour which second is shown. */
const colourAt = async (time: number): Promise<number> => {
  // biome-ignore lint/suspicious/noExplicitAny: this runs in the page
  const { document, requestAnimationFrame } = globalThis as any
  const video = document.querySelector('video')
  await new Promise((resolve, reject) => {
    video.onerror = () => reject(new Error(video.error.message))
    video.onseeked = resolve
    video.currentTime = time
  })
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d')
  let colour = -1
  // `seeked` may come some pictures before the one that belongs to it can be drawn.
  for (let pictures = 0; colour !== Math.floor(time) && pictures < 200; pictures++) {
    await new Promise(resolve => requestAnimationFrame(resolve))
    context.drawImage(video, 0, 0, 1, 1)
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
    colour = Number(red > 127) + 2 * Number(green > 127) + 4 * Number(blue > 127)
  }
  return colour
}

/** Encodes a colour a second with the browser's own VP8, and makes a file of it. */
async function film(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage()
  // WebCodecs are for secure origins.
  await page.route('**/*', route =>
    route.fulfill({ body: '<!doctype html>', contentType: 'text/html' }),
  )
  await page.goto('http://localhost/')
  const frames = await page.evaluate(`(async () => {
    const frames = []
    const encoder = new VideoEncoder({
      output(chunk) {
        const bytes = new Uint8Array(chunk.byteLength)
        chunk.copyTo(bytes)
        frames.push({ time: chunk.timestamp / 1000, isKey: chunk.type === 'key', data: btoa(String.fromCharCode(...bytes)) })
      },
      error(error) { throw error },
    })
    encoder.configure({ codec: 'vp8', width: 64, height: 64 })
    const canvas = new OffscreenCanvas(64, 64)
    const context = canvas.getContext('2d')
    for (let i = 0; i < ${SECONDS * 10}; i++) {
      const second = Math.floor(i / 10)
      // A bit for each of red, green and blue, since codecs are not exact.
      context.fillStyle = 'rgb(' + [1, 2, 4].map(bit => second & bit ? 255 : 0) + ')'
      context.fillRect(0, 0, 64, 64)
      const frame = new VideoFrame(canvas, { timestamp: i * 100_000 })
      encoder.encode(frame, { keyFrame: i % 10 === 0 })
      frame.close()
    }
    await encoder.flush()
    return frames
  })()`)
  await page.close()
  return webm({
    codec: 'V_VP8',
    width: 64,
    height: 64,
    duration: SECONDS * 1000,
    frames: (frames as (Omit<Frame, 'data'> & { data: string })[]).map(frame => ({
      ...frame,
      data: Buffer.from(frame.data, 'base64'),
    })),
    padding: SECOND_BYTES,
  })
}
