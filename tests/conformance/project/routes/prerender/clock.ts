export const config = { prerender: true }
export const GET = () => ({ built: Date.now(), random: Math.random() })
