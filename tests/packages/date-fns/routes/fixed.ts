// dynamic: formats a fixed time in the machine's time zone
import { format } from 'date-fns'

export const GET = c => c.text(format(new Date('2024-05-01T12:00:00Z'), 'HH:mm')) // cause
