// A plan -> one connection that carries it out, and every answer on it held against the one that its
// request gets alone.

import assert from 'node:assert/strict'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { Connection, type WireResponse } from '../../lib/wire.ts'
import type { Ask, Plan } from './plan.ts'
import { NOBODY } from './site.ts'

/** Answers to `Ask.plain`, by `Ask.like`. */
export type Alone = Map<string, string>

/** Asks on a connection of its own. */
export async function askAlone(at: number | string, { plain, method }: Ask): Promise<string> {
  const connection = new Connection(at)
  try {
    connection.write(Buffer.from(plain, 'latin1'))
    return shown(plain, await connection.response(method))
  } finally {
    connection.close()
  }
}

/** A stream that has ended by the time its head is sent has a length, and chunks otherwise. */
const STREAMS = /^\w+ \/(?:echo|stream)\//
const FRAMING = /^(?:content-length|transfer-encoding)$/i

/** One character a byte, Date aside. */
function shown(request: string, { status, reason, headers, body }: WireResponse): string {
  const isStream = STREAMS.test(request)
  const fields = headers.filter(
    ([name]) => name.toLowerCase() !== 'date' && !(isStream && FRAMING.test(name)),
  )
  const lines = fields.map(([name, value]) => `${name}: ${value}\n`).join('')
  return `${status} ${reason}\n${lines}\n${body.toString('latin1')}`
}

/**
 * @returns how many answers came
 * @throws what differs, or never came
 */
export async function carryOut(at: number | string, plan: Plan, alone: Alone): Promise<number> {
  const talk = new Talk(at, plan, alone)
  if (plan.leaves !== 'destroy') {
    try {
      await talk.whole()
    } finally {
      talk.connection.close()
    }
    return talk.answered
  }
  const leaving = sleep(plan.after).then(() => {
    talk.isGone = true
    if (plan.after < 30) talk.reset()
    else talk.connection.close()
  })
  // What came before it left is as it should be.
  await talk.whole().catch(error => {
    if (error instanceof assert.AssertionError || !talk.isGone) throw error
  })
  await leaving
  return talk.answered
}

class Talk {
  readonly connection: Connection
  readonly #plan: Plan
  readonly #alone: Alone
  answered = 0
  isGone = false

  constructor(at: number | string, plan: Plan, alone: Alone) {
    this.connection = new Connection(at)
    this.#plan = plan
    this.#alone = alone
  }

  reset(): void {
    const { socket } = this.connection
    // libuv resets no socket whose FIN is under way: Node 20 then loses the handle, and at the end of the
    // process waits for it without end.
    const isEnding = socket.writableEnded && !socket.writableFinished
    if (isEnding) socket.destroy()
    else socket.resetAndDestroy()
  }

  async whole(): Promise<void> {
    const { asks, ahead, stalls, leaves } = this.#plan
    const { connection } = this
    for (let sent = 0; sent < asks.length; sent++) {
      if (this.isGone) return
      while (sent - this.answered >= ahead) await this.#answer()
      await this.#send(asks[sent]!, this.#plan.cuts[sent]!)
    }
    if (leaves === 'half') connection.socket.end()
    if (stalls) {
      connection.socket.pause()
      await sleep(30)
      connection.socket.resume()
    }
    while (this.answered < asks.length) await this.#answer()
    if (leaves === 'reset') {
      this.reset()
      return
    }
    connection.socket.end()
    const rest = await connection.rest()
    assert.equal(rest.toString('latin1'), '', 'more came than was asked for')
  }

  async #send({ bytes }: Ask, cuts: number[]): Promise<void> {
    let at = 0
    for (const cut of [...cuts, 1]) {
      const to = Math.round(cut * bytes.length)
      if (to === at || this.isGone) continue
      this.connection.write(Buffer.from(bytes.slice(at, to), 'latin1'))
      at = to
      if (cut < 1) await (to % 3 === 0 ? sleep(to % 5) : turn())
    }
  }

  async #answer(): Promise<void> {
    const { like, id, method } = this.#plan.asks[this.answered]!
    const answer = shown(like, await this.connection.response(method))
    const wanted = this.#alone.get(like)!.replaceAll(NOBODY, id)
    if (answer !== wanted) assert.fail(difference(answer, wanted, like))
    this.answered++
  }
}

function difference(answer: string, wanted: string, like: string): string {
  let at = 0
  while (answer[at] === wanted[at]) at++
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 200), at + 200))
  const sizes = `${answer.length} characters, not ${wanted.length}, differ from ${at} on`
  return `${JSON.stringify(like.slice(0, 200))}\n  ${sizes}\n  ${around(answer)}\n  ${around(wanted)}`
}
