// dynamic: garbage collection
const ref = new WeakRef({ name: 'x' })
export const GET = () => ref.deref()?.name ?? 'collected'
