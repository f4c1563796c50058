// Operators on what is known exactly, and `+` on texts. Everything else that would look into a value
// of the request is refused.

import {
  checked,
  constant,
  isString,
  joined,
  partsOf,
  type Primitive,
  refuse,
  textOf,
  truth,
  type Value,
} from './value.ts'

export function binary(operator: string, left: Value, right: Value): Value {
  if (left.kind === 'constant' && right.kind === 'constant') {
    const operate = OPERATORS[operator] ?? refuse(`the operator ${operator}`)
    const value = operate(left.value as never, right.value as never)
    return constant(typeof value === 'string' ? checked(value) : value)
  }
  // Where neither side is known to be a string, it may be a sum.
  if (operator !== '+' || !(isString(left) || isString(right)))
    return refuse(`the operator ${operator} on a value of the request`)
  return textOf(joined([...partsOf(left), ...partsOf(right)]))
}

export function unary(operator: string, value: Value): Value {
  if (operator === '!') return constant(!truth(value))
  if (operator === 'void' && value.kind === 'constant') return constant(undefined)
  if (value.kind !== 'constant') return refuse(`the operator ${operator} on a value of the request`)
  if (operator === '-') return constant(-(value.value as number))
  if (operator === '+') return constant(Number(value.value))
  if (operator === 'typeof') return constant(typeof value.value)
  return refuse(`the operator ${operator}`)
}

type Operator = (left: never, right: never) => Primitive

const OPERATORS: Record<string, Operator> = {
  '+': (a: string, b: string) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  // biome-ignore lint/suspicious/noDoubleEquals: what the user's code does
  '==': (a, b) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: what the user's code does
  '!=': (a, b) => a != b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
}
