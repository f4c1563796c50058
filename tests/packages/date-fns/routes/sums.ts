// static: adds to a fixed instant
import { addHours, millisecondsToHours } from 'date-fns'

export const GET = c =>
  c.text(`${addHours(new Date('2024-05-01T00:00:00Z'), 5).toISOString()} ${millisecondsToHours(7_200_000)}`)
