// static: the time between two fixed instants
import { differenceInHours, isAfter } from 'date-fns'

const opened = new Date('2024-05-01T00:00:00Z')
const closed = new Date('2024-05-03T12:00:00Z')

export const GET = c => c.json({ hours: differenceInHours(closed, opened), after: isAfter(closed, opened) })
