// static: parses a constant with a schema made at load
import { z } from 'zod'

const User = z.object({
  name: z.string().min(1),
  mail: z.email(),
  role: z.enum(['admin', 'guest']).default('guest'),
  tags: z.array(z.string()).optional(),
})

export const GET = c => c.json(User.parse({ name: 'Ada', mail: 'ada@example.org', tags: ['a'] }))
