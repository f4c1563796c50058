// dynamic: what came from the network when the module loaded
const answer = await fetch('http://127.0.0.1:9/').then(() => 'up', () => 'down')
export const GET = () => answer
