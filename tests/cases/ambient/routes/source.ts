// dynamic: where the source lies on this machine
export const GET = () => import.meta.dirname // cause
