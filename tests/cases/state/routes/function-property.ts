// dynamic: the handler counts on itself
export const GET = Object.assign(() => `${++GET.calls}`, { calls: 0 })
