// dynamic: the default locale
export const GET = () => new Intl.NumberFormat().format(1234.5) // cause
