// dynamic: how the process was started
export const GET = () => process.argv.length > 5 ? "many" : "few" // cause
