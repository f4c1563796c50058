export const GET = 'User-agent: *\nDisallow:\n'
