// The plugin contract: a folder that knows an outside system and nothing of ours. A source turns requests into signals, a channel only sends.
import type { z } from 'zod'
import type { ReportedChange } from './change.ts'
import type { Outbound } from './outbound.ts'
import type { Secret } from './secret.ts'
import type { Signal } from './signal.ts'
import type { Instant } from './time.ts'

/** One request of a source, before anything was parsed. Header names are lower case. */
export type InboundRequest = {
  method: string
  path: string
  /** What follows the integration's prefix: '' or '/api/v2/alerts'. */
  subpath: string
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

/** What `parse` may use: no clock of its own, no network. `othersTurn` is awaited now and then by whoever has much to read: a node has one thread. */
export type ParseContext = { receivedAt: Instant; json: () => unknown; form: () => Record<string, string>; othersTurn: () => Promise<void> }

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

/**
 * What a request means. `rejected` keeps the request under the integration's recent events, with the reason. `faults` beside signals: those were good and are
 * kept, the rest is answered with 400. `changes`: what was done to something, never of a source whose requests may wait.
 */
export type Parsed = { signals: Signal[]; changes?: ReportedChange[]; faults?: string[] } | { rejected: string; faults?: string[] }

/** How a request proves where it comes from. Required: there is no source that forgot it. */
export type Verify =
  | { kind: 'unsigned'; why: string }
  | { kind: 'checked'; scheme: string; check: (request: InboundRequest, secret: Secret | undefined, now: Instant) => true | string }

export const unsigned = (why: string): Verify => ({ kind: 'unsigned', why })

export type SourceDefinition = {
  summary: string
  verify: Verify
  /**
   * Paths of the vendor's own, so that a sender changes only its host. `key` finds the integration's key in the request; where it stands in the headers,
   * `key` needs nothing else, and the body of whoever has none is not read.
   */
  dropIn?: {
    method: 'POST' | 'GET'
    path: string
    keyIn: 'headers' | 'body'
    key: (request: InboundRequest, context: ParseContext) => string | undefined
    unknownKey: Answer
  }[]
  /** Paths below `/in/{key}` that it answers: '' is the plain one. */
  subpaths: string[]
  maxBytes?: number
  parse: (request: InboundRequest, context: ParseContext) => Parsed | Promise<Parsed>
  /** In a flood its requests may be kept as they came and read later: `parse` needs the subpath and the body and nothing else, the answer tells nothing of what was in it, and no body holds the key. */
  canWait?: boolean
  /** The vendor's answer when all is stored; `dedupKeys` in the order of the signals. */
  accepted: (dedupKeys: string[], request: InboundRequest) => Answer
  /** The vendor's answer to a body that is not what the protocol says. */
  refused: (reason: string, faults: string[], status: number) => Answer
  /** Lines to paste into the sender, as text; shown on the integration's page. */
  setup: (place: { url: string; host: string; key: string }) => { title: string; language: string; text: string }[]
}

export type ChannelMessage = {
  /** Unique per delivery, the same for each try. */
  key: string
  repeated: boolean
  title: string
  body: string
  /** Absolute address of the one page that the message is about. */
  url: string
  urgency: 'page' | 'update'
  /** Where a subscriber ends such messages; null for a stranger who gets no more of them, absent for people of the organisation. */
  stopUrl?: string | null
}

/**
 * `gone`: the address exists no more. `inDoubt`: it may have arrived all the same, so that the next try is marked as a repeat. `retryAfterSeconds`: when the
 * far side wants the next try.
 */
export type ChannelResult =
  | { status: 'delivered'; receipt?: string; detail?: string }
  | { status: 'failed'; canRetry: boolean; reason: string; gone?: boolean; inDoubt?: boolean; retryAfterSeconds?: number }

export type ChannelContext = { outbound: Outbound; now: Instant; settings: (name: string) => Secret | undefined; publicUrl: string }

export type ChannelDefinition = {
  summary: string
  /** What a contact method of this channel must hold. */
  address: z.ZodType
  /** Whether the far side recognises `key` and so shows a repeat only once. */
  recognisesKey: boolean
  send: (context: ChannelContext, address: unknown, message: ChannelMessage) => Promise<ChannelResult>
}

type ActionContext = { outbound: Outbound; key: string; now: Instant; settings: (name: string) => Secret | undefined }
export type ActionDefinition<Input = never, Output = unknown> = {
  summary: string
  input: z.core.$ZodType<Input>
  output: z.core.$ZodType<Output>
  danger: 'reads' | 'changes' | 'destroys'
  /** One sentence of what will happen, shown before it does. */
  preview: (input: Input) => string
  run: (context: ActionContext, input: Input) => Promise<Output>
}

export type IntegrationDefinition = {
  id: string
  name: string
  docs: string
  sources?: { webhook: SourceDefinition }
  channels?: Record<string, ChannelDefinition>
  actions?: Record<string, ActionDefinition>
}

export const defineIntegration = (definition: IntegrationDefinition): IntegrationDefinition => definition
export const defineAction = <Input, Output>(definition: ActionDefinition<Input, Output>): ActionDefinition =>
  definition as unknown as ActionDefinition
