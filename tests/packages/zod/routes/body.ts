// dynamic: parses what the request brings
import { z } from 'zod'

const Query = z.object({ page: z.coerce.number() })

export const GET = c => c.json(Query.parse(c.req.query())) // cause
