// dynamic: makes the schema in the handler, and zod keeps what holds the request
import { z } from 'zod'

export const GET = c => {
  const Point = z.object({ x: z.number(), y: z.number().int() }).transform(({ x, y }) => x + y)
  return c.json(Point.parse({ x: 1.5, y: 2 }))
}
