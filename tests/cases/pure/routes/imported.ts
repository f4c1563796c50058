// static
import data from './_data.json'
import { double, LIMIT } from './_math.ts'

export const GET = c => c.json({ ...data, doubled: double(data.value), LIMIT })
