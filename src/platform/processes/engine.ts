// Runs processes: locks the row, takes its inputs in order, lets the pure function decide, and stores state, effects and timers together.
// An input that fails harms no other: those before it are kept, those after it follow once it is set aside.
import { z } from 'zod'
import type { AnyProcess, Decision, Ended, ProcessContext, ProcessDefinition, Woke } from '#kernel/process.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import { isAway, isRace, type Transaction } from '../database/database.ts'
import { backoff, type Outbox } from '../events/outbox.ts'
import { drainLane, failInput, releaseLane, type LaneInput } from '../jobs/store.ts'

export type ProcessPayload = { process: string; key: string; input: unknown }
export type EffectPayload = { process: string; key: string; step: number; effect: string; tag: string; input: unknown }

type Row = { version: number; state: unknown; reason: string; step: number; wakeAt: Instant | null; endedAt: Instant | null }

export const laneOf = (process: string, key: string): string => `${process}/${key}`

/** How often an input is tried before it is set aside. Few, for what comes after it waits meanwhile: 7 seconds in all. */
const triesOfAnInput = 4

/** What one transaction of a process needs: the engine's context, its transaction, and what it leaves behind. */
export type ProcessTransaction = ProcessContext & { tx: Transaction; outbox: Outbox }

/** One input could not be decided. Its transaction is rolled back: nothing of it happened, nor of what was decided with it. */
class InputFailed extends Error {
  readonly job: LaneInput
  constructor(job: LaneInput, cause: unknown) {
    super(`${nameOf(job)} could not be decided: ${sentenceOf(cause)}`, { cause })
    this.job = job
  }
}

/**
 * Decides everything that waits for one process, in order. An input that fails is tried again and then set aside with its reason; those before it
 * count, and those after it wait for it. When only their commit fails, they are done one by one, so that the guilty one is known. `failed` hears of
 * each failure. Throws what is no input's fault: a lost race, a database that is away, a state that cannot be read.
 */
export async function advance(
  inTransaction: (work: (context: ProcessTransaction) => Promise<void>) => Promise<void>,
  definition: AnyProcess,
  key: string,
  failed: (error: Error) => void,
): Promise<void> {
  let part: Part = {}
  for (;;) {
    let taken: LaneInput[] = []
    try {
      await inTransaction((context) => decideLane(context, definition, key, part, (inputs) => void (taken = inputs)))
      if (part.guilty || part.before === undefined) return
      part = {}
    } catch (error) {
      const [first, second] = taken
      if (isRace(error) || isAway(error) || !first) throw error
      if (error instanceof InputFailed || !second) {
        const guilty = error instanceof InputFailed ? error : new InputFailed(first, error)
        failed(guilty)
        part = { before: guilty.job.id, guilty }
      } else part = { before: second.id }
    }
  }
}

/** The inputs before one, all when absent; and the one that was found guilty, to be put back or set aside once those are decided. */
type Part = { before?: number; guilty?: InputFailed }

/** Decides a part of what is due, in one transaction. `take` hears which inputs these are. */
async function decideLane(
  context: ProcessTransaction,
  definition: AnyProcess,
  key: string,
  { before, guilty }: Part,
  take: (inputs: LaneInput[]) => void,
): Promise<void> {
  const { tx, outbox, now } = context
  const process = definition as unknown as ProcessDefinition<unknown, unknown, unknown>
  const lane = laneOf(process.name, key)
  await tx.query(sql`insert into processes (name, key, version, state, reason) values (${process.name}, ${key}, ${process.version}, ${json(process.initial(key))}::json, 'not begun')
    on conflict do nothing`)
  const [row] = await tx.query<Row>(sql`select version, state, reason, step, wake_at as "wakeAt", ended_at as "endedAt" from processes
    where name = ${process.name} and key = ${key} for update`)
  if (!row) throw new Error(`process ${process.name} ${key} vanished`)
  let { reason, step, wakeAt, endedAt } = row
  let state = z.parse(process.state, row.state)
  const jobs = await drainLane(tx, lane, now, before)
  take(jobs)

  for (const job of jobs) {
    if (endedAt !== null) break
    const { input: raw } = job.payload as ProcessPayload
    const woke = (raw as Woke | null)?.type === 'woke'
    if (woke && (wakeAt === null || wakeAt > now)) continue
    const decision = await decide(context, process, key, state, raw).catch((error: unknown) => {
      throw isRace(error) || isAway(error) ? error : new InputFailed(job, error)
    })
    for (const call of decision.effects ?? []) {
      step++
      const payload: EffectPayload = { process: process.name, key, step, effect: call.effect, tag: call.tag, input: call.input }
      outbox.enqueue({ kind: 'effect', lane, due: now, payload })
    }
    for (const told of decision.tell ?? []) {
      outbox.enqueue({ kind: 'process', lane: laneOf(told.process, told.key), due: now, payload: told })
    }
    state = decision.state
    reason = decision.reason
    wakeAt = decision.wakeAt ?? null
    if (decision.ended === true) endedAt = now
    if (wakeAt !== null && endedAt === null) {
      outbox.enqueue({ kind: 'process', lane, due: wakeAt, payload: { process: process.name, key, input: { type: 'woke' } } })
    }
  }
  await tx.query(sql`update processes set state = ${json(state)}::json, reason = ${reason}, step = ${step}, wake_at = ${endedAt === null ? wakeAt : null}, ended_at = ${endedAt}
    where name = ${process.name} and key = ${key}`)
  if (guilty) {
    const retryAt = guilty.job.tries < triesOfAnInput ? backoff(now, guilty.job.tries) : undefined
    await failInput(tx, guilty.job, now, retryAt, causesOf(guilty))
  }
  if (guilty || jobs.length === 0) await releaseLane(tx, lane, now)
}

/** One input: read, the facts about it, the decision, and its record. */
async function decide(
  context: ProcessTransaction,
  process: ProcessDefinition<unknown, unknown, unknown>,
  key: string,
  state: unknown,
  raw: unknown,
): Promise<Decision<unknown>> {
  const ours = ['woke', 'effect'].includes((raw as Woke | Ended | null)?.type ?? '')
  const input = ours ? (raw as Woke | Ended) : z.parse(process.input, raw)
  const facts = process.facts ? await process.facts(context.scope, state, input) : undefined
  const decision: Decision<unknown> = process.decide(state, input, context.now, facts)
  if (process.record) await process.record(context, key, state, decision, input)
  return decision
}

function nameOf({ payload }: LaneInput): string {
  const { type } = ((payload as ProcessPayload).input ?? {}) as { type?: unknown }
  return typeof type === 'string' ? `the input '${type}'` : 'an input'
}

const sentenceOf = (cause: unknown): string =>
  cause instanceof z.core.$ZodError
    ? cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join(', ')
    : cause instanceof Error
      ? cause.message
      : String(cause)

/** The sentence first, then where it happened. */
const causesOf = (error: InputFailed): string =>
  `${error.message}\n${error.cause instanceof Error ? (error.cause.stack ?? '') : ''}`.trimEnd()
