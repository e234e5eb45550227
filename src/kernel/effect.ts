// An effect: the only thing that may touch the outside. It has the network and no transaction; its outcome returns to its process.
import type { z } from 'zod'
import type { Actor } from './actor.ts'
import type { NewId } from './ids.ts'
import type { Scope } from './scope.ts'
import type { Clock, Instant } from './time.ts'
import type { Outbound } from './outbound.ts'
import type { ChannelDefinition } from './integration.ts'
import type { Secret, Signer, Vault } from './secret.ts'

export type EffectContext = {
  outbound: Outbound
  vault: Vault
  signer: Signer
  /** The same for every try of this effect: process, key and step. What the outside can recognise a repeat by. */
  key: string
  /** True when an earlier try may have reached the outside: what is sent must say that it is a repeat. */
  repeated: boolean
  attempt: number
  now: Instant
  clock: Clock
  publicUrl: string
  newId: NewId
  /** A channel of the integrations' catalogue, by its name: 'email', 'web-push'. Undefined when there is none. */
  channel(name: string): ChannelDefinition | undefined
  /** A setting of this installation that an integration needs: 'smtpUrl', 'vapid'. */
  settings(name: string): Secret | undefined
  /** Asks a command of the catalogue by its name, as this actor. With the effect's key: however often it is tried, it happens once. */
  ask(operation: string, actor: Actor, input: unknown): Promise<unknown>
}

/** What an effect looks with. */
export type LookContext = { scope: Scope } & Pick<EffectContext, 'vault' | 'repeated'>

/** Thrown by `run` when trying again may help (or not); the sentence goes to the record. */
export class EffectFailure extends Error {
  readonly canRetry: boolean
  readonly retryAfterSeconds: number | undefined
  /** It may have happened all the same (a time-out after sending): the next try is marked as a repeat. */
  readonly inDoubt: boolean
  constructor(reason: string, options: { canRetry: boolean; retryAfterSeconds?: number; inDoubt?: boolean; cause?: unknown }) {
    super(reason, { cause: options.cause })
    this.canRetry = options.canRetry
    this.inDoubt = options.inDoubt ?? false
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export type EffectDefinition<Input = never, Outcome = unknown, Seen = never> = {
  readonly kind: 'effect'
  readonly name: string
  readonly input: z.core.$ZodType<Input>
  readonly outcome: z.core.$ZodType<Outcome>
  /** What the engine may do after a crash in the middle: always run again; again with the same key and marked; or never, and ask. */
  readonly repeat: 'always' | 'with-key' | 'never'
  readonly retry: { attempts: number; firstSeconds: number }
  /** People are paged by it: a node keeps room for it that nothing else takes. */
  readonly urgent?: true
  /**
   * Reads what must be true right before the call, in the transaction that notes that it begins. It writes nothing, and others of its kind may look in
   * the same transaction.
   */
  readonly look?: (context: LookContext, input: Input) => Promise<Seen>
  /**
   * All that its look asks, it asks at the same moment: a transaction that leaves such an effect behind commits together with these questions. A look that
   * asks more after all is done again.
   */
  readonly looksAtOnce?: true
  /** `seen`: what the look has found. */
  readonly run: (context: EffectContext, input: Input, seen: Seen) => Promise<Outcome>
}
export type AnyEffect = EffectDefinition

export function defineEffect<Input, Outcome, Seen = undefined>(
  definition: Omit<EffectDefinition<Input, Outcome, Seen>, 'kind'>,
): EffectDefinition<Input, Outcome, Seen> {
  return { kind: 'effect', ...definition }
}

/** An effect that a process asks for. `tag` comes back with the outcome. */
export type EffectCall = { effect: string; input: unknown; tag: string }

export const call = <Input, Outcome, Seen>(
  effect: EffectDefinition<Input, Outcome, Seen>,
  input: NoInfer<Input>,
  tag = effect.name,
): EffectCall => ({
  effect: effect.name,
  input,
  tag,
})

/** How an effect ended, as its process hears it. `unknown`: it may or may not have happened, and must not be done again unasked. */
export type EffectOutcome<Outcome = unknown> =
  | { type: 'done'; tag: string; outcome: Outcome }
  | { type: 'failed'; tag: string; reason: string }
  | { type: 'unknown'; tag: string; reason: string }
