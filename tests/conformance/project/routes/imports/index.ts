import data from './data.json' with { type: 'json' }
// @ts-expect-error TypeScript knows no text imports
import note from './note.txt' with { type: 'text' }

export const GET = () => ({ data, note })
