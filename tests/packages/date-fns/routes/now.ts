// dynamic: formats the current time
import { format } from 'date-fns'

export const GET = c => c.text(format(new Date(), 'yyyy-MM-dd')) // cause
