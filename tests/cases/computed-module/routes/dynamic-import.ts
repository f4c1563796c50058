// dynamic: a module that is named at run time
export const GET = async () => {
  const { hostname } = await import(['node', 'os'].join(':'))
  return hostname()
}
