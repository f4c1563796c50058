// static
const compose = (...steps) => value => steps.reduce((result, step) => step(result), value)
const slug = compose(
  text => text.toLowerCase(),
  text => text.replace(/[^a-z0-9]+/g, '-'),
  text => text.replace(/^-|-$/g, ''),
)
export const GET = () => ['Hello, World!', ' A  B '].map(slug).join(' ')
