// dynamic: the network
export const GET = async () => (await fetch('http://127.0.0.1:9/')).status.toString() // cause
