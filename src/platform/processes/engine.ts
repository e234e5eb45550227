// Runs processes: locks the row, takes its inputs in order, lets the pure function decide, and stores state, effects and timers together.
// An input that fails harms no other: those before it are kept, those after it follow once it is set aside.
import { z } from 'zod'
import type { AnyProcess, Decision, Ended, ProcessContext, ProcessDefinition, Woke } from '#kernel/process.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import { isAway, isRace, type Transaction } from '../database/database.ts'
import { backoff, type NewJob, type Outbox } from '../events/outbox.ts'
import { drainLane, failInput, laneWaits, releaseLane, type LaneInput } from '../jobs/store.ts'

export type ProcessPayload = { process: string; key: string; input: unknown }
export type EffectPayload = { process: string; key: string; step: number; effect: string; tag: string; input: unknown }

type Row = { version: number; state: unknown; reason: string; step: number; wakeAt: Instant | null; endedAt: Instant | null }

export const laneOf = (process: string, key: string): string => `${process}/${key}`

/** How often an input is tried before it is set aside. Few, for what comes after it waits meanwhile: 7 seconds in all. */
const triesOfAnInput = 4

/**
 * What one transaction of a process needs: the engine's context, its transaction, and what it leaves behind. `atOnce`: what a process wants to go on with
 * now may be decided here too, and whoever gave it hears that it was; when such a transaction fails, it is done again without.
 */
export type ProcessTransaction = ProcessContext & { tx: Transaction; outbox: Outbox; atOnce?: () => void }

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
      if (isRace(error) || isAway(error) || error instanceof TooNew || !first) throw error
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
  const { tx, now } = context
  const lane = laneOf(definition.name, key)
  await begin(tx, definition, key)
  const row = await lock(tx, definition, key)
  const jobs = await drainLane(tx, lane, now, before)
  take(jobs)
  await decideInputs(context, definition, key, row, jobs)
  if (guilty) {
    const retryAt = guilty.job.tries < triesOfAnInput ? backoff(now, guilty.job.tries) : undefined
    await failInput(tx, guilty.job, now, retryAt, causesOf(guilty))
  }
  if (guilty || jobs.length === 0) await releaseLane(tx, lane, now)
}

/**
 * Decides at once about what this transaction has begun: processes that nobody else can know of yet, so that nothing waits for them, and what those begin
 * in turn, up to a bound. The rest is left to a worker. Throws when one cannot be decided; then the transaction has to be done again without this.
 */
export async function decideBegun(
  inside: (process: string) => ProcessTransaction,
  { tx, outbox, now }: ProcessTransaction,
  processes: ReadonlyMap<string, AnyProcess>,
): Promise<void> {
  const looked = new Set<NewJob>()
  for (let decided = 0; decided < mostBegunAtOnce;) {
    const waiting = outbox.enqueued().filter((one) => one.kind === 'process' && one.due <= now && !looked.has(one))
    // In one order everywhere: two transactions that begin something about the same people never wait for each other in a circle.
    const [job] = waiting.sort((a, b) => (a.lane < b.lane ? -1 : 1))
    if (!job) return
    looked.add(job)
    const { process, key } = job.payload as ProcessPayload
    const definition = processes.get(process)
    if (!definition || !(await begin(tx, definition, key))) continue
    outbox.withdraw(job)
    await decideInputs(inside(process), definition, key, await lock(tx, definition, key), [withoutId(job)])
    decided++
  }
}

/**
 * Decides about an input in the transaction that has made it, behind whatever waits for its process already. False when something before it waits for
 * another try: then it has to wait too. Throws when it cannot be decided; then the transaction has to be done again with the input enqueued.
 */
export async function decideNow(context: ProcessTransaction, definition: AnyProcess, key: string, input: NewJob): Promise<boolean> {
  const { tx, now } = context
  const lane = laneOf(definition.name, key)
  await begin(tx, definition, key)
  const row = await lock(tx, definition, key)
  if (await laneWaits(tx, lane, now)) return false
  await decideInputs(context, definition, key, row, [...(await drainLane(tx, lane, now)), withoutId(input)])
  return true
}

/** So many processes begin in one transaction, and no more: it holds what it touches. */
const mostBegunAtOnce = 50
/** So often a process that wants to go on now does so in one transaction. */
const mostGoneOnAtOnce = 20

const withoutId = ({ payload }: NewJob): LaneInput => ({ id: 0, payload, fence: 0, tries: 0 })

/** True when it did not exist before. */
const begin = async (tx: Transaction, definition: AnyProcess, key: string): Promise<boolean> => {
  const process = definition as unknown as ProcessDefinition<unknown, unknown, unknown>
  const begun = await tx.query(sql`insert into processes (name, key, version, state, reason)
    values (${process.name}, ${key}, ${process.version}, ${json(process.initial(key))}::json, 'not begun') on conflict do nothing returning name`)
  return begun.length === 1
}

/** A process whose state was written by a newer version than this one. */
export class TooNew extends Error {}

/** Throws TooNew. */
async function lock(tx: Transaction, { name, version }: AnyProcess, key: string): Promise<Row> {
  const [row] = await tx.query<Row>(sql`select version, state, reason, step, wake_at as "wakeAt", ended_at as "endedAt" from processes
    where name = ${name} and key = ${key} for update`)
  if (!row) throw new Error(`process ${name} ${key} vanished`)
  if (row.version > version) throw new TooNew(`process ${name} ${key} is of version ${row.version}, and this node knows version ${version}`)
  return row
}

/** Takes inputs in their order and writes where the process stands then, its effects, its timer and what it tells. */
async function decideInputs(
  context: ProcessTransaction,
  definition: AnyProcess,
  key: string,
  row: Row,
  jobs: readonly LaneInput[],
): Promise<void> {
  const { tx, outbox, now } = context
  const process = definition as unknown as ProcessDefinition<unknown, unknown, unknown>
  const lane = laneOf(process.name, key)
  let { reason, step, wakeAt, endedAt } = row
  let state = z.parse(process.state, row.state)
  const waiting = [...jobs]
  let goneOn = 0
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
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
    if (wakeAt === null || endedAt !== null) continue
    const wake: NewJob = { kind: 'process', lane, due: wakeAt, payload: { process: process.name, key, input: { type: 'woke' } } }
    if (wakeAt <= now && waiting.length === 0 && context.atOnce && goneOn++ < mostGoneOnAtOnce) {
      context.atOnce()
      waiting.push(withoutId(wake))
    } else outbox.enqueue(wake)
  }
  await tx.query(sql`update processes set version = ${process.version}, state = ${json(state)}::json, reason = ${reason}, step = ${step}, wake_at = ${endedAt === null ? wakeAt : null}, ended_at = ${endedAt}
    where name = ${process.name} and key = ${key}`)
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
