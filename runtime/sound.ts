// The last look at an answer of user code before a host gets it: a Response that can be sent, or the
// plain 500.

import type { Around } from './around.ts'
import { thrownBy } from './links.ts'
import { isImplicit, plain, STRING_TYPE } from './reply.ts'

/** Nothing that goes wrong below leaves this function other than as a plain 500. */
export function sound(
  answer: () => Response | Promise<Response>,
  request: Request,
  where: string,
  around: Around,
): Response | Promise<Response> {
  const broken = (error: unknown): Response => {
    around.watch?.threw?.(thrownBy(error))
    around.log(thrownBy(error), request, where)
    return plain(500, 'Internal Server Error')
  }
  const checked = (response: Response): Response => {
    const fault = faultOf(response)
    return fault ? broken(new Error(fault)) : response
  }
  try {
    const out = answer()
    return out instanceof Promise ? out.then(checked).catch(broken) : checked(out)
  } catch (error) {
    return broken(error)
  }
}

/**
 * Why a response cannot be sent, or undefined. Headers lets control characters through that are no
 * field value (RFC 9110 section 5.5); Deno's server panics on one of them.
 */
function faultOf(response: Response): string | undefined {
  if (!(response instanceof Response)) return 'the handler chain ended without a Response'
  if (response.bodyUsed) return 'the response has a body that was already read'
  if (response.status < 200 && response.status !== 101)
    return `the response has status ${response.status}`
  fault = undefined
  // Cheaper than iterating, which makes an array for each field.
  response.headers.forEach(inspect)
  if (isImplicit(response.headers.get('content-type'))) retype(response)
  return fault
}

let fault: string | undefined

function inspect(value: string, name: string): void {
  if (CONTROL.test(value))
    fault = `the value of the response header ${name} has a control character`
}

const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/

function retype(response: Response): void {
  try {
    response.headers.set('content-type', STRING_TYPE)
  } catch {
    // Immutable: it came from fetch(), where the type is the other server's own.
  }
}
