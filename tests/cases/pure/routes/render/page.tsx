// static: the renderer of Hono
export const GET = c => c.render(<h1>Rendered</h1>)
