// An event: what happened, in the past tense, with the one sentence that timeline, audit log, chat and screen reader show.
import type { z } from 'zod'
import type { ObjectRef } from './object.ts'
import type { Instant } from './time.ts'

/** One row of the record. `actor` and the values of `about` are ids; `data` is what the event's schema says. */
export type EventRecord<Data = unknown> = {
  position: number
  /** The chain it belongs to: the incident, else its subject. */
  stream: string
  sequence: number
  type: string
  version: number
  at: Instant
  actor: string
  about: ObjectRef
  data: Data
  hash: string
}

/** An event as those hear of it who react to it: without its place in the record, which it is given as it is written. */
export type Happened<Data = unknown> = Omit<EventRecord<Data>, 'position' | 'sequence' | 'hash'>

/** Gives an id's name: `name('usr_…')` → `Mara Lindqvist`. */
export type NameOf = (id: string) => string

export type EventDefinition<Data = never> = {
  readonly kind: 'event'
  readonly type: string
  readonly version: number
  readonly data: z.core.$ZodType<Data>
  /** Every object that it is about, subject first. An `incident` makes it part of that incident's chain and timeline. */
  readonly about: (data: Data) => ObjectRef
  readonly sentence: (event: Pick<EventRecord<Data>, 'actor' | 'about' | 'data' | 'at'>, name: NameOf) => string
}

// eslint-disable-next-line -- the registry holds definitions of every data type
export type AnyEvent = EventDefinition<never>

export function defineEvent<Data>(definition: Omit<EventDefinition<Data>, 'kind'>): EventDefinition<Data> {
  return { kind: 'event', ...definition }
}

/** Appends an event to the record, and the jobs of its reactions, in the current transaction. */
export type Emit = <Data>(
  event: EventDefinition<Data>,
  data: NoInfer<Data>,
  options?: { stream?: string; happenedAt?: Instant },
) => Promise<void>
