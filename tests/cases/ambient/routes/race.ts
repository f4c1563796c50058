// dynamic: which of two is faster
const wait = (ms, word) => new Promise(done => setTimeout(() => done(word), ms))
export const GET = () => Promise.race([wait(5, 'a'), wait(5, 'b')])
