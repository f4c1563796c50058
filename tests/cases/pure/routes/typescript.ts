// static
enum Level {
  Low = 1,
  High,
}
interface Row {
  level: Level
  name?: string
}
const rows: Row[] = [{ level: Level.Low, name: 'a' }, { level: Level.High }]
export const GET = (): string => rows.map((row: Row) => `${Level[row.level]} ${row.name ?? '-'}`).join(', ')
