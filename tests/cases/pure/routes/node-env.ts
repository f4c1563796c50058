// static: NODE_ENV is part of the build
export const GET = () => (process.env.NODE_ENV === 'nonsense' ? 'odd' : 'usual')
