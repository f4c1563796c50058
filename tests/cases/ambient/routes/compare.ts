// dynamic: the default locale
export const GET = () => ['ä', 'z'].sort((a, b) => a.localeCompare(b)).join()
