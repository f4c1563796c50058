import data from './data.json' with { type: 'json' }
import note from './note.txt' with { type: 'text' }

export const GET = () => ({ data, note })
