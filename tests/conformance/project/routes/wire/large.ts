import type { Context } from 'hono'

const text = Array.from({ length: 10_000 }, (_, line) => `line ${line}\n`).join('')

export const GET = (c: Context) => c.text(text)
