// Commands and queries: everything the product can be asked. HTTP endpoint, OpenAPI entry, typed client, CLI verb and runbook step come from them.
import type { z } from 'zod'
import type { Actor, Permission } from './actor.ts'
import type { Refusal } from './errors.ts'
import type { Emit, Happened } from './event.ts'
import type { NewId, RandomBytes } from './ids.ts'
import type { SourceDefinition } from './integration.ts'
import type { ObjectRef } from './object.ts'
import type { Tell } from './process.ts'
import type { Scope } from './scope.ts'
import type { Secret, Signer, Vault } from './secret.ts'
import type { Instant } from './time.ts'

/** `public`: anybody (rate limited). `signed-in`: any person. Else a permission from the roles. */
export type Needs = 'public' | 'signed-in' | Permission

/** The object that permission is asked of; `organisation` when it is about all of it; `own` when only about the actor itself. */
export type About<Input> = 'organisation' | 'own' | ((input: Input) => ObjectRef)

/** Where a request came from. `local`: from this very machine, through no proxy. `network` keys the limits: who has an IPv6 address has 2^64 of them. */
export type Caller = { local: boolean; address: string; network: string; agent: string }

/** `sources`: what can send alerts, by kind of integration. */
export type QueryContext = {
  scope: Scope
  actor: Actor
  now: Instant
  publicUrl: string
  caller: Caller
  signer: Signer
  vault: Vault
  sources: ReadonlyMap<string, SourceDefinition>
  /** Whether a setting of this installation is given: 'smtpUrl'. What it is, only who goes outside is told. */
  isSet: (setting: string) => boolean
  describe: Describe
  /** Whether the actor sees a thing of this kind and id, asked of the slice that owns it: also of one that comes later than the asker. */
  sees: (kind: string, id: string) => Promise<boolean>
  /**
   * Whether what is named by this key is there, as far as the actor sees, also in a slice that comes later than the asker. Of a kind that nothing here defines
   * everything is.
   */
  isThere: (kind: string, key: string) => Promise<boolean>
  namesOf: NamesOf
}

/** What is written (as YAML could be) that names the thing of this kind and key, also in a slice that comes later than the asker. `hidden`: so many more that
 * the actor does not see. */
export type NamesOf = (kind: string, key: string) => Promise<{ names: { kind: string; key: string }[]; hidden: number }>

/** Rows of the record with their sentence and the name of who acted. */
export type Describe = <Record extends Happened>(
  scope: Scope,
  records: readonly Record[],
) => Promise<(Record & { sentence: string; actorName: string })[]>

/** Runs a command in the same transaction, as the same actor: how slices act on each other downhill. */
export type RunCommand = <Input, Output>(command: CommandDefinition<Input, Output>, input: NoInfer<Input>) => Promise<Output>

export type CommandContext = QueryContext & {
  emit: Emit
  tell: Tell
  newId: NewId
  randomBytes: RandomBytes
  run: RunCommand
  /** Makes an unguessable text of 32 characters, and its hash for storage. */
  newSecret: () => { secret: Secret; hash: string }
  /**
   * Work that takes long and needs no database: its answer. The command is rolled back for it, and run again when it is done, so `of` tells it from whatever
   * else the command may ask so, also when it finds something else the next time.
   */
  outside: <T>(of: string, work: () => Promise<T>) => Promise<T>
}

type Described<Input, Output> = {
  /** `slice.verbObject`: its name in API, CLI, palette, chat. */
  readonly name: string
  readonly summary: string
  /** `POST /alerts/{alertId}/acknowledge`, below /api/v1. */
  readonly http: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  readonly needs: Needs
  readonly on: About<Input>
  readonly input: z.core.$ZodType<Input, unknown>
  readonly output: z.core.$ZodType<Output, unknown>
  readonly examples: readonly unknown[]
  /** HTTP status of success. Default 200. */
  readonly status?: 200 | 201 | 202
  /** `begins`: the output's `session` becomes the browser's cookie and is not shown. `ends`: the cookie goes. */
  readonly session?: 'begins' | 'ends'
  /** Its body may be as large as what a whole organisation has written, when whoever sends it holds the permission everywhere. */
  readonly large?: true
}

/** What an operation that begins a session adds to its output. */
export type NewSession = { session: { secret: string; expiresAt: Instant } }

export type CommandDefinition<Input = never, Output = unknown> = Described<Input, Output> & {
  readonly kind: 'command'
  readonly run: (context: CommandContext, input: Input) => Promise<Output | Refusal>
}

export type QueryDefinition<Input = never, Output = unknown> = Described<Input, Output> & {
  readonly kind: 'query'
  readonly run: (context: QueryContext, input: Input) => Promise<Output>
}

export type AnyOperation = CommandDefinition<never> | QueryDefinition<never>

/** Thrown by a command that was only asked what it would do: its transaction is rolled back, and `answer` is its output. */
export class RollBack extends Error {
  readonly answer: unknown
  constructor(answer: unknown) {
    super('rolled back, as it was asked for')
    this.answer = answer
  }
}

type Schema = z.core.$ZodType
/** Input and output types follow from the schemas, so that nothing is written twice. */
export function defineCommand<const Name extends string, In extends Schema, Out extends Schema>(
  definition: Omit<CommandDefinition<z.output<In>, z.input<Out>>, 'kind' | 'input' | 'output' | 'name'> & {
    name: Name
    input: In
    output: Out
  },
): Omit<CommandDefinition<z.output<In>, z.input<Out>>, 'name' | 'input' | 'output'> & {
  readonly name: Name
  readonly input: In
  readonly output: Out
} {
  return { kind: 'command', ...definition } as never
}

export function defineQuery<const Name extends string, In extends Schema, Out extends Schema>(
  definition: Omit<QueryDefinition<z.output<In>, z.input<Out>>, 'kind' | 'input' | 'output' | 'name'> & {
    name: Name
    input: In
    output: Out
  },
): Omit<QueryDefinition<z.output<In>, z.input<Out>>, 'name' | 'input' | 'output'> & {
  readonly name: Name
  readonly input: In
  readonly output: Out
} {
  return { kind: 'query', ...definition } as never
}
