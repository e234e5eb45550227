// A reaction: what follows from an event. Enqueued in the transaction that emitted it; runs at least once, so it is written to be repeatable.
import type { RunCommand } from './command.ts'
import type { Emit, EventDefinition, Happened } from './event.ts'
import type { NewId, RandomBytes } from './ids.ts'
import type { Tell } from './process.ts'
import type { Scope } from './scope.ts'
import type { Signer } from './secret.ts'
import type { Instant } from './time.ts'

/** `signer`: for links that a message carries. */
export type ReactionContext = {
  scope: Scope
  emit: Emit
  tell: Tell
  now: Instant
  newId: NewId
  randomBytes: RandomBytes
  run: RunCommand
  signer: Signer
}

export type ReactionDefinition<Data = never> = {
  readonly kind: 'reaction'
  readonly name: string
  readonly on: EventDefinition<Data>
  /** Of which events something follows at all, asked when they are written down; absent: of all. */
  readonly when?: (data: Data) => boolean
  readonly run: (context: ReactionContext, event: Happened<Data>) => Promise<void>
  /** Present: many events may be reacted to in one transaction, beside each other; those that answer the same, one after the other. See `ProcessDefinition`. */
  readonly inTurn?: (data: Data) => string
}
export type AnyReaction = ReactionDefinition<never>

export function defineReaction<Data>(definition: Omit<ReactionDefinition<Data>, 'kind'>): ReactionDefinition<Data> {
  return { kind: 'reaction', ...definition }
}

/** Something that is done again and again: at most one run at a time on all nodes together. */
export type ScheduleDefinition = {
  readonly kind: 'recurring'
  readonly name: string
  readonly everySeconds: number
  /** `due`: when it was to be done, which is long ago when nothing could be done meanwhile. */
  readonly run: (context: ReactionContext, due?: Instant) => Promise<void>
}
export const defineRecurring = (definition: Omit<ScheduleDefinition, 'kind'>): ScheduleDefinition => ({ kind: 'recurring', ...definition })
