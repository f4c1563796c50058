// dynamic: the default locale
export const GET = () => (1234.5).toLocaleString() // cause
