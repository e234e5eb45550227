// A process: what lasts. A pure function and its types; the engine owns rows, locks, timers, retries, crashes and the virtual clock.
import type { z } from 'zod'
import type { EffectCall } from './effect.ts'
import type { Emit } from './event.ts'
import type { NewId, RandomBytes } from './ids.ts'
import type { Scope } from './scope.ts'
import type { Instant } from './time.ts'

export type Decision<State> = {
  state: State
  /** One sentence: why this and nothing else. Kept with the process and shown. */
  reason: string
  effects?: EffectCall[]
  /** When to be woken next, by the input `{ type: 'woke' }`; absent: only by an input. */
  wakeAt?: Instant | undefined
  /** Inputs for other processes, in the same transaction. */
  tell?: Told[]
  /** True: it is over, and later inputs are dropped with this reason. */
  ended?: boolean
  /**
   * True: it stands as before its first input, and nothing of it is kept; the next input begins it again. One that has had effects is kept all the same:
   * their keys go by how many it had.
   */
  forgotten?: boolean
}

export type ProcessContext = { scope: Scope; emit: Emit; now: Instant; newId: NewId; randomBytes: RandomBytes; tell: Tell }

export type ProcessDefinition<State = unknown, Input = never, Facts = unknown, Ahead = unknown> = {
  readonly kind: 'process'
  readonly name: string
  readonly version: number
  readonly state: z.core.$ZodType<State>
  readonly input: z.core.$ZodType<Input>
  /** The state before the first input. */
  readonly initial: (key: string) => State
  /** Of the facts what is found by the key alone: it is asked together with the state. */
  readonly ahead?: (scope: Scope, key: string) => Promise<Ahead>
  /** Reads what the decision needs to know, in the same transaction. With `ahead` the only I/O before a decision. */
  readonly facts?: (scope: Scope, state: State, input: Input | Woke | Ended, ahead: Ahead) => Promise<Facts>
  readonly decide: (state: State, input: Input | Woke | Ended, now: Instant, facts: Facts) => Decision<State>
  /**
   * Present: many of these may be decided in one transaction, beside each other; those that answer the same are decided one after the other. So it names
   * what a decision reads or locks that another one may write: a person, or just its own key.
   */
  readonly inTurn?: (key: string, input: Input | Woke | Ended) => string
  /** Writes the slice's own rows and events for a decision, in the same transaction. */
  readonly record?: (
    context: ProcessContext,
    key: string,
    before: State,
    decision: Decision<State>,
    input: Input | Woke | Ended,
    facts: Facts,
  ) => Promise<void>
}
export type AnyProcess = ProcessDefinition<never, never, never>

export type Woke = { type: 'woke' }
/** An effect of this process came back. */
export type Ended = { type: 'effect'; result: import('./effect.ts').EffectOutcome }

export function defineProcess<State, Input, Facts = undefined, Ahead = undefined>(
  definition: Omit<ProcessDefinition<State, Input, Facts, Ahead>, 'kind'>,
): ProcessDefinition<State, Input, Facts, Ahead> {
  return { kind: 'process', ...definition }
}

export type Told = { process: string; key: string; input: unknown }
/** Hands an input to a process, in the current transaction; it is decided right after the commit, in order. */
export type Tell = <State, Input, Facts, Ahead>(
  process: ProcessDefinition<State, Input, Facts, Ahead>,
  key: string,
  input: NoInfer<Input>,
) => Promise<void>

/** The same as a value, for a decision's `tell`. */
export const toTell = <State, Input, Facts, Ahead>(
  process: ProcessDefinition<State, Input, Facts, Ahead>,
  key: string,
  input: NoInfer<Input>,
): Told => ({
  process: process.name,
  key,
  input,
})
