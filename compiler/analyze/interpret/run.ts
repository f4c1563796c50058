// One run of a frame's body: the machine, the frame, and what every kind of syntax asks of them. The files
// beside it take a run and a node; expressions and targets reach one another through it.

import type { AnyNode } from 'acorn'
import { assign } from './assign.ts'
import { expr } from './expression.ts'
import { leavesEarly } from './syntax.ts'
import type { Machine } from '../machine.ts'
import type { Frame } from '../machine/frame.ts'
import { type Site, strongerTaint, tainted, type Token, UNDEF, type Value } from '../value.ts'

/** Whether somebody waits for the expression, alone or beside others. */
export type Awaited = boolean | 'together'

export class Run {
  readonly m: Machine
  readonly f: Frame

  constructor(machine: Machine, frame: Frame) {
    this.m = machine
    this.f = frame
  }

  /** What an expression gives. */
  expr(node: AnyNode | null | undefined, awaited: Awaited = false): Value {
    return expr(this, node, awaited)
  }

  /** Writes to a name, a member or a pattern. */
  assign(target: AnyNode, value: Value, site: Site, isDeclaration: boolean): void {
    assign(this, target, value, site, isDeclaration)
  }

  /** Whether somebody waits for what is returned. */
  get isAnswer(): boolean {
    const { info, context, isBeside } = this.f
    return info.isAsync || (context.kind === 'call' && !isBeside)
  }

  give(value: Value): void {
    this.m.grow(this.f.result, tainted(value, this.f.under))
  }

  site(node: AnyNode): Site {
    return { chunk: this.f.info.chunk, at: node.start }
  }

  /** Runs `body` as depending on `test`; what can leave it early makes the rest depend on it too. */
  under(test: Value, nodes: readonly (AnyNode | null | undefined)[], body: () => void): void {
    const taint = test.taint
    if (!taint) {
      body()
      return
    }
    const before = this.f.under
    this.f.under = strongerTaint(before, taint)
    this.f.branched = strongerTaint(this.f.branched, taint)
    body()
    if (!nodes.some(node => node && leavesEarly(node))) this.f.under = before
  }

  closure(node: AnyNode, home?: Token): Token {
    const { m, f } = this
    const token = m.make(f, node, 'function')
    token.info ??= m.program.infoOf.get(node)!
    token.env ??= f
    if (home) token.home ??= home
    return token
  }

  /** The frame whose `this` and `arguments` the code sees. */
  ownFrame(): Frame {
    let frame: Frame = this.f
    while (frame.info.isArrow && frame.parent) frame = frame.parent
    return frame
  }

  self(): Value {
    const frame = this.ownFrame()
    return frame.info.node.type === 'Program' ? UNDEF : this.m.get(this.f, frame.self)
  }
}
