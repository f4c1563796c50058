// dynamic: a stack trace
export const GET = () => String(new Error("x").stack).split("\n").length.toString() // cause
