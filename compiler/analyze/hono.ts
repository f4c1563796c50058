// What Hono does, as far as handlers see it: the context, the request, JSX, `html`, and the middleware
// that depends on nothing. All else of Hono is ambient, as any unknown import.

import './hono/app.ts'
import './hono/context.ts'
import './hono/html.ts'
import './hono/jsx.ts'
import './hono/middleware.ts'
import './hono/request.ts'
