// What a run of the machine is given, and what it comes to.
import type { Instant } from '#kernel/time.ts'
import type { FaultKind } from './faults.ts'
import type { Operation } from './operations.ts'

/** What of a seed is run: all of it, or what shrinking has left. `until`: the step at which a run that has not come to rest is cut off. */
export type Setup = { seed: string; only?: readonly number[]; without?: readonly string[]; people?: number; until?: number }
export type Line = { step: number; at: Instant; node: string; what: string; why: string }
export type Outcome = {
  setup: Setup
  hash: string
  steps: number
  operations: readonly Operation[]
  faults: ReadonlyMap<FaultKind, number>
  /** What may go wrong in it, and which rare ways are gone. */
  active: readonly string[]
  reached: ReadonlySet<string>
  history: readonly Line[]
  failure: { invariant: string; sentence: string } | undefined
}
