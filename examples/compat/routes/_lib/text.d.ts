// Imports `with { type: 'text' }` are strings.
declare module '*.txt' {
  const text: string
  export default text
}
