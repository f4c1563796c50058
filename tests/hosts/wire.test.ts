// What each host makes of answers and requests on real sockets, with the stub app in Precast's place.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { hosts, raw, runEntry, type Running, skipped, stubProject, until } from './harness.ts'

const project = stubProject()

/** Where Precast reads requests and writes answers, not the platform. */
const OURS = new Set<string>(['bun', 'deno', 'node', 'uws', 'node-http'])

for (const [host, why] of skipped) it(host, { skip: why }, () => {})

for (const host of hosts) {
  describe(host, { timeout: 60_000 }, () => {
    let server: Running
    let port: number
    let url: string
    before(async () => {
      server = runEntry(host, project.folder)
      port = await server.port
      url = `http://127.0.0.1:${port}`
    })
    after(async () => {
      server.child.kill('SIGTERM')
      assert.deepEqual(await server.exit, { code: 0, signal: null })
    })
    const get = (path: string, fields = '') =>
      raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n`)
    const seen = async (): Promise<string[]> => (await fetch(`${url}/seen`)).json()

    it('sends a prebuilt answer with its fields, Date and a length', async () => {
      const answer = await get('/static')
      const [head, body] = answer.split('\r\n\r\n')
      assert.match(head, /^HTTP\/1\.1 200 OK\r\n/)
      assert.match(head, /^content-type: text\/plain; charset=utf-8$/im)
      assert.match(head, /^vary: Accept-Encoding$/im)
      assert.match(head, /^etag: "tag"$/im)
      assert.match(head, /^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/im)
      assert.equal(head.match(/^content-length: 6$/gim)?.length, 1)
      assert.equal(head.match(/^(?:server|uwebsockets|x-powered-by):/gim), null)
      assert.equal(body, 'static')
    })

    it('sends the head of a HEAD with the length and nothing more', async () => {
      const answer = await raw(
        port,
        'HEAD /static HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      )
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
      assert.match(answer, /^content-length: 6$/im)
      assert.match(answer, /^date: /im)
      assert.match(answer, /\r\n\r\n$/)
      const dynamic = await raw(
        port,
        'HEAD /sized-head HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      )
      assert.match(dynamic, /^content-length: 42$/im)
      assert.match(dynamic, /\r\n\r\n$/)
    })

    it('sends 304 and 204 without body, length and framing, and keeps the connection', async () => {
      const answer = await raw(
        port,
        'GET /static HTTP/1.1\r\nHost: x\r\nIf-None-Match: "tag"\r\n\r\n' +
          'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n' +
          'GET /static HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      )
      const [first, second, third, body] = answer.split('\r\n\r\n')
      assert.match(first, /^HTTP\/1\.1 304 Not Modified\r\n/)
      assert.match(first, /^etag: "tag"$/im)
      assert.doesNotMatch(first, /^(?:content-length|transfer-encoding):/im)
      assert.match(second, /^HTTP\/1\.1 204 No Content\r\n/)
      assert.match(second, /^x-nothing: yes$/im)
      assert.doesNotMatch(second, /^(?:content-length|transfer-encoding):/im)
      assert.match(third, /^HTTP\/1\.1 200 OK\r\n/)
      assert.equal(body, 'static')
    })

    it('answers pipelined requests in their order', async () => {
      const one = 'GET /static HTTP/1.1\r\nHost: x\r\n\r\n'
      const last = 'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
      const answer = await raw(port, one.repeat(50) + last)
      assert.equal(answer.match(/HTTP\/1\.1 200 OK\r\n/g)?.length, 50)
      assert.match(answer, /HTTP\/1\.1 404 Not Found\r\n[\s\S]*not found$/)
    })

    it('takes a request that comes in pieces', async () => {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.on('data', data => {
        answer += data
      })
      for (const char of 'GET /static HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') {
        socket.write(char)
        await new Promise(resolve => setImmediate(resolve))
      }
      await new Promise(resolve => socket.on('close', resolve))
      assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*static$/)
    })

    it('gives handlers method, URL, target and fields', async () => {
      const answer = await get(
        '/info?a=%20b&c',
        'X-One: 1\r\nX-Two: a\r\nX-Two: b\r\nCookie: a=1\r\nCookie: b=2\r\n',
      )
      const info = JSON.parse(answer.split('\r\n\r\n')[1])
      const fields = new Map<string, string>(info.headers)
      assert.equal(info.method, 'GET')
      assert.equal(info.url, 'http://x/info?a=%20b&c')
      assert.equal(info.target, '/info?a=%20b&c')
      assert.equal(fields.get('x-one'), '1')
      assert.equal(fields.get('x-two'), 'a, b')
      assert.equal(fields.get('cookie'), 'a=1; b=2')
    })

    // uWebSockets.js ends a value at the first byte beyond ASCII.
    const ascii = host === 'uws' ? 'the library cuts such values' : false
    it('gives field values as bytes, a character each', { skip: ascii }, async () => {
      const answer = await get('/info', 'X-Word: caf\xc3\xa9\r\n')
      const info = JSON.parse(Buffer.from(answer.split('\r\n\r\n')[1], 'latin1').toString())
      assert.equal(new Map<string, string>(info.headers).get('x-word'), 'caf\xc3\xa9')
    })

    it('tells handlers of Node.js the address and its family', {
      skip: /node|uws/.test(host) ? false : 'it has a form of its own',
    }, async () => {
      assert.match(await get('/peer'), /\["127\.0\.0\.1","IPv4"\]$/)
    })

    it('keeps several Set-Cookie lines, and bytes beyond ASCII in values', async () => {
      const answer = await get('/cookies')
      assert.deepEqual(
        answer.match(/^set-cookie: .*$/gim)?.map(line => line.slice(12).trim()),
        ['a=1', 'b=2; Path=/'],
      )
      assert.match(answer, /^x-word: caf\xe9\r$/im)
    })

    it('frames answers itself, whatever a handler says', async () => {
      const answer = await get('/framing')
      assert.match(answer, /^x-own: yes$/im)
      assert.equal(
        (answer.match(/^content-length:/gim)?.length ?? 0) +
          (answer.match(/^transfer-encoding:/gim)?.length ?? 0),
        1,
      )
      assert.match(answer, /framing/)
    })

    it('gives answers without body a length of 0, and 204 none', async () => {
      for (const path of ['/null', '/empty', '/moved']) {
        assert.match(await get(path), /^content-length: 0$/im, path)
      }
      assert.doesNotMatch(await get('/none'), /^(?:content-length|transfer-encoding):/im)
    })

    it('sends HEAD and 204 no length that is not theirs', async () => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await raw(
          port,
          `${method} /sized-none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        )
        assert.match(answer, /^HTTP\/1\.1 204 No Content\r\n/)
        assert.doesNotMatch(answer, /^(?:content-length|transfer-encoding):/im, method)
      }
    })

    it('ends an answer that is nothing, and said so, when that is known', {
      skip: host === 'bun-serve' ? 'the platform never ends it' : false,
    }, async () => {
      assert.match(await get('/sized-empty'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n/)
    })

    it('ends the connection where the handler says so', {
      skip: host === 'bun-serve' || host === 'deno-serve' ? 'the platform goes on' : false,
    }, async () => {
      const answer = await raw(port, 'GET /last HTTP/1.1\r\nHost: x\r\n\r\n')
      assert.match(answer, /^connection: close\r$/im)
      assert.match(answer, /\r\n\r\nlast$/)
    })

    it('lets no request wait that came in one piece with the last one', async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      let answer = ''
      const when = (found: RegExp): Promise<void> =>
        new Promise(resolve => {
          const look = () => found.test(answer) && resolve()
          socket.on('data', look).on('close', resolve)
        })
      socket.on('data', data => {
        answer += data
      })
      const post = 'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
      socket.write(`GET /last-none HTTP/1.1\r\nHost: x\r\n\r\n${post}2\r\nab\r\n`)
      await when(/\r\n\r\n/)
      const rest = when(/ab[\s\S]*cd/)
      socket.write('2\r\ncd\r\n0\r\n\r\n')
      await rest
      socket.destroy()
      // Where it is read it is answered, and nobody waits for the idle time-out.
      if (host === 'uws') assert.match(answer, /ab[\s\S]*cd/)
    })

    it('lets go of clients that leave while they are not read any more', {
      skip: process.platform === 'linux' ? false : 'it takes /proc to see',
    }, async () => {
      const open = async () => readdirSync(`/proc/${server.child.pid}/fd`).length
      await get('/forget')
      // Its connection stays.
      await seen()
      const atFirst = await open()
      const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
      const clients = Array.from({ length: 8 }, () =>
        connect(port, '127.0.0.1').on('error', () => {}),
      )
      for (const socket of clients) socket.write(request('/late') + request('/static').repeat(4000))
      await until(seen, told => told.filter(one => one === 'late begins').length === 8)
      for (const socket of clients) socket.destroy()
      await get('/go-on')
      // Connections of `seen` come and go.
      const few = (count: number): boolean => count < atFirst + clients.length / 2
      assert.ok(few(await until(open, few)))
    })

    it('takes no value for the name of a field', async () => {
      const answer = await get('/vary')
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
      assert.match(answer, /^vary: connection\r$/im)
      assert.match(answer, /^x-behind: it\r$/im)
    })

    it('gives a status that has no name none', {
      skip: host === 'bun-serve' || host === 'deno-serve' ? 'the platform has its own' : false,
    }, async () => {
      assert.match(await get('/odd'), /^HTTP\/1\.1 299 \r\n/)
    })

    it('streams an answer as it is made', async () => {
      const response = await fetch(`${url}/ticks`)
      const times: number[] = []
      let text = ''
      for await (const chunk of response.body!) {
        times.push(Date.now())
        text += Buffer.from(chunk)
      }
      assert.equal(text, 'tick 0\ntick 1\ntick 2\ntick 3\n')
      assert.ok(times.at(-1)! - times[0] > 150, `all came at once: ${times}`)
    })

    it('sends the head of a stream that is silent at first', {
      skip:
        host === 'bun-serve' || host === 'deno-serve'
          ? 'the platform waits for the first chunk'
          : false,
    }, async () => {
      const answer = await raw(port, 'GET /silent HTTP/1.1\r\nHost: x\r\n\r\n', 500)
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
    })

    it('passes a request body on while it comes', async () => {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.on('data', data => {
        answer += data
      })
      socket.write(
        'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
      )
      socket.write('5\r\nfirst\r\n')
      await until(
        async () => answer,
        text => text.includes('first'),
      )
      assert.match(answer, /first/)
      socket.write('6\r\nsecond\r\n0\r\n\r\n')
      await new Promise(resolve => socket.on('close', resolve))
      assert.match(answer, /second/)
    })

    it('takes and gives 10 MB', async () => {
      const megabytes = new Uint8Array(10_000_000).map((_, index) => index % 251)
      const count = await fetch(`${url}/count`, { method: 'POST', body: megabytes })
      assert.equal(await count.text(), '10000000')
      const echo = await fetch(`${url}/echo`, { method: 'POST', body: megabytes })
      assert.ok(Buffer.from(await echo.arrayBuffer()).equals(megabytes))
      for (const path of ['/large', '/megabytes', '/measured']) {
        const bytes = await (await fetch(url + path)).arrayBuffer()
        assert.equal(bytes.byteLength, 10_485_760, path)
      }
    })

    it('streams bodies both ways for several clients at a time', async () => {
      const length = 10_000_000
      const body = 'x'.repeat(length)
      const head = `POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`
      for (let round = 0; round < 3; round++) {
        const answers = await Promise.all([1, 2, 3, 4, 5].map(() => raw(port, head + body, 20_000)))
        for (const answer of answers) {
          assert.equal(answer.slice(answer.indexOf('\r\n\r\n')).replace(/[^x]/g, '').length, length)
        }
      }
    })

    it('serves a slow reader whole, and others meanwhile', async () => {
      for (const path of ['/large', '/measured', '/megabytes']) {
        const socket = connect(port, '127.0.0.1')
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
        socket.pause()
        await new Promise(resolve => setTimeout(resolve, 200))
        assert.equal(await (await fetch(`${url}/static`)).text(), 'static')
        let length = 0
        socket.on('data', data => {
          length += data.length
        })
        socket.resume()
        await new Promise(resolve => socket.on('close', resolve))
        assert.ok(length >= 10_485_760, `${path}: ${length}`)
      }
    })

    it('goes on with the connection after a body that no handler read', async () => {
      const body = 'x'.repeat(1_000_000)
      const answer = await raw(
        port,
        `POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /static HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
      assert.match(answer, /ignored/)
      // Deno closes the connection, and says so.
      if (host === 'deno-serve') assert.match(answer, /^connection: close$/im)
      else assert.match(answer, /static$/)
    })

    it('says nothing of a client that leaves while what it sends is sent back', {
      skip: OURS.has(host) ? false : 'the platform has it its way',
    }, async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf')
      await new Promise(resolve => socket.once('data', resolve))
      socket.end()
      await new Promise(resolve => socket.on('close', resolve))
      await seen()
      assert.doesNotMatch(server.stderr(), /The client closed the connection/)
    })

    it('aborts the signal of a request whose client is gone', async () => {
      const socket = connect(port, '127.0.0.1')
      socket.write('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n')
      await new Promise(resolve => setTimeout(resolve, 150))
      socket.destroy()
      assert.ok((await until(seen, list => list.includes('aborted'))).includes('aborted'))
    })

    it('shows a signal that is asked for later that the client is gone', {
      skip: host === 'deno-serve' ? 'the platform tells only who listened' : false,
    }, async () => {
      await get('/forget')
      const [late, hang] = ['/late', '/hang'].map(path => {
        const socket = connect(port, '127.0.0.1')
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
        return socket
      })
      await until(seen, list => list.length === 2)
      late!.destroy()
      hang!.destroy()
      await until(seen, list => list.includes('aborted'))
      await get('/go-on')
      const list = await until(seen, all => all.length > 4)
      assert.equal(list[4], 'aborted: AbortError')
    })

    it('gives no handler a body that did not come to its end', async () => {
      const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n`
      await get('/forget')
      const socket = connect(port, '127.0.0.1')
      socket.write(`${head('/read')}half`)
      await until(seen, list => list.includes('reads'))
      socket.destroy()
      const left = await until(seen, list => list.length > 1)
      assert.match(left[1]!, /^no text: /)
      if (OURS.has(host)) assert.equal(left[1], 'no text: AbortError')

      await get('/forget')
      const other = connect(port, '127.0.0.1')
      other.write(`${head('/read-late')}half `)
      await new Promise(resolve => other.once('data', resolve))
      other.write('more')
      await get('/go-on')
      const late = await until(seen, list => list.length > 1)
      other.destroy()
      assert.match(late[1]!, /^(?:no late text: \w+|late text: half more)$/)
    })

    it('cancels the stream of an answer whose client is gone', async () => {
      const earlier = (await seen()).filter(what => what === 'cancelled').length
      const socket = connect(port, '127.0.0.1')
      socket.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n')
      await new Promise(resolve => socket.once('data', resolve))
      socket.destroy()
      const later = await until(
        seen,
        list => list.filter(what => what === 'cancelled').length > earlier,
      )
      assert.ok(later.filter(what => what === 'cancelled').length > earlier)
    })

    it('lets the client see that a stream failed', async () => {
      await assert.rejects(fetch(`${url}/broken`).then(response => response.text()))
    })

    it('never sends more than Content-Length says', async () => {
      const answer = await get('/long')
      const [head, body] = answer.split('\r\n\r\n')
      if (/^content-length: 4$/im.test(head)) assert.ok(body.length <= 4, body)
      else assert.match(head, /^transfer-encoding: chunked$/im)
    })

    it('answers 500 where all else failed, and lives on', async () => {
      const answer = await get('/reject')
      assert.match(answer, /^HTTP\/1\.1 500 /)
      assert.doesNotMatch(answer, /rejected/)
      assert.equal(await (await fetch(`${url}/static`)).text(), 'static')
    })

    it('sends bodies from memory as they are', async () => {
      assert.equal((await get('/bytes')).split('\r\n\r\n')[1], '\x01\xfe\xff')
      const clone = await get('/clone')
      assert.match(clone, /^content-length: 5\r$/im)
      assert.match(clone, /\r\n\r\ncaf\xc3\xa9$/)
    })

    it('sends U+FFFD for half a surrogate pair, as Fetch has it', async () => {
      const whole = await get('/half-pair')
      assert.match(whole, /^content-length: 5\r$/im)
      assert.match(whole, /\r\n\r\na\xef\xbf\xbdb$/)
      // On uws another way leads out of requests in chunks.
      const answer = await raw(
        port,
        'POST /half-pair HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      )
      assert.match(answer, /a\xef\xbf\xbdb/)
    })

    it('sends one Date where a handler gives one too', async () => {
      assert.equal((await get('/dated')).match(/^date:/gim)?.length, 1)
    })

    it('answers 500 in the place of a 101 that nobody agreed to', {
      skip: host === 'bun-serve' || host === 'deno-serve' ? "it is the platform's own" : false,
    }, async () => {
      assert.match(await get('/switching'), /^HTTP\/1\.1 500 /)
    })

    it('lives on after a response whose body was read or is locked', async () => {
      for (const name of ['used', 'locked']) {
        const request = `GET /${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
        const answer = await raw(port, request, 500)
        assert.doesNotMatch(answer, /^HTTP\/1\.1 200/)
        assert.equal(await (await fetch(`${url}/static`)).text(), 'static')
      }
    })

    it('refuses what is no Host', async () => {
      for (const value of ['a b', 'a/b', 'u@b', 'a?b', 'a#b', 'a\\b', 'a:b']) {
        const answer = await raw(
          port,
          `GET /info HTTP/1.1\r\nHost: ${value}\r\nConnection: close\r\n\r\n`,
        )
        assert.match(answer, /^HTTP\/1\.1 400 /, value)
      }
      const twice = await raw(
        port,
        'GET /info HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
      )
      assert.match(twice, /^HTTP\/1\.1 400 /)
      for (const value of ['a', 'a.b:80', '[::1]:3000', '127.0.0.1', 'a_b']) {
        const answer = await raw(
          port,
          `GET /info HTTP/1.1\r\nHost: ${value}\r\nConnection: close\r\n\r\n`,
        )
        assert.match(answer, /^HTTP\/1\.1 200 /, value)
      }
    })

    it('gives targets as they came', async () => {
      for (const target of ['/info//x', '/info%2Fx', '/info/%7e', '/info?a?b', '/info/a|b']) {
        const answer = await get(target.replace('/info', '/info-at'))
        assert.match(answer, /^HTTP\/1\.1 404 /, target)
      }
      const answer = JSON.parse((await get('/info?//a/%7e//%2F')).split('\r\n\r\n')[1])
      assert.equal(answer.target, '/info?//a/%7e//%2F')
    })

    it('refuses what is no target', {
      skip: OURS.has(host) ? false : 'the platform reads it by itself',
    }, async () => {
      for (const target of [
        'http://[x/static',
        'http:///static',
        'ftp://x/static',
        'http://u@x/static',
        '/static#x',
        '/info#x',
      ]) {
        const answer = await raw(
          port,
          `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        )
        // 505 is the library's, which takes only paths.
        assert.match(answer, /^HTTP\/1\.1 (?:400|505) /, target)
      }
    })

    it('answers what is no request with 4xx or 5xx or closes, and lives on', async () => {
      const refused = [
        'nonsense\r\n\r\n',
        'GET /static\r\n\r\n',
        'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n',
        'GET /static HTTP/1.1\r\nHost : x\r\n\r\n',
        'GET /static HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n',
        'POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
        `GET /static HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      ]
      for (const request of refused) {
        const answer = await raw(port, request, 1_000).catch(() => '')
        if (answer)
          assert.match(answer, /^HTTP\/1\.[01] [45]\d\d /, JSON.stringify(request.slice(0, 60)))
      }
      assert.equal(await (await fetch(`${url}/static`)).text(), 'static')
    })

    it('takes other methods to the app, TRACE and unknown ones included', async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE']) {
        const answer = await raw(
          port,
          `${method} /info HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
        )
        assert.equal(JSON.parse(answer.split('\r\n\r\n')[1]).method, method)
      }
    })
  })
}
