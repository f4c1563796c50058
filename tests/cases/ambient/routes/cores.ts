// dynamic: the machine
export const GET = () => `${navigator.hardwareConcurrency}` // cause
