// dynamic: the context of the host
export const GET = c => {
  try {
    c.executionCtx.waitUntil(Promise.resolve())
    return 'edge'
  } catch {
    return 'server'
  }
}
