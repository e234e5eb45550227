// Runs processes: locks the row, takes its inputs in order, lets the pure function decide, and stores state, effects and timers together.
// An input that fails harms no other: those before it are kept, those after it follow once it is set aside.
// Many processes of one kind may be decided in one transaction: then each thing that they all do is one statement (`kernel/gather`).
import { z } from 'zod'
import { allIsAsked, allOfThem, inTurns } from '#kernel/gather.ts'
import type { AnyProcess, Decision, Ended, ProcessContext, ProcessDefinition, Woke } from '#kernel/process.ts'
import { isAway, isRace, type Transaction } from '../database/database.ts'
import { backoff, type NewJob, type Outbox } from '../events/outbox.ts'
import { drainLane, failInput, releaseLane, type LaneInput } from '../jobs/store.ts'
import { beginUnawaited, begunRow, forget, hold, laneOf, notBegun, save, TooNew, type Named, type Row } from './store.ts'

export type ProcessPayload = { process: string; key: string; input: unknown }
export type EffectPayload = { process: string; key: string; step: number; effect: string; tag: string; input: unknown }

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
  const [row, { inputs: jobs }, ahead] = await openLane(context, { definition, key }, before)
  take(jobs)
  await decideInputs(context, { definition, key, row, ahead, inputs: jobs })
  if (guilty) {
    const retryAt = guilty.job.tries < triesOfAnInput ? backoff(now, guilty.job.tries) : undefined
    await failInput(tx, guilty.job, now, retryAt, causesOf(guilty))
  }
  if (guilty || jobs.length === 0) await releaseLane(tx, lane, now)
}

/**
 * Decides everything that waits for each of these processes of one kind, in one transaction. Throws when one cannot be decided; then each has to be
 * decided by itself (`advance`).
 */
export async function advanceTogether(context: ProcessTransaction, definition: AnyProcess, keys: readonly string[]): Promise<void> {
  const { tx, now } = context
  const open = await allOfThem(
    keys.map(async (key): Promise<Open> => {
      const [row, { inputs }, ahead] = await openLane(context, { definition, key })
      if (inputs.length === 0) await releaseLane(tx, laneOf(definition.name, key), now)
      return { definition, key, row, ahead, inputs }
    }),
  )
  await decideAll(() => context, open)
}

/**
 * Decides at once about what this transaction has begun: processes that are new and for which nothing waits, and what those begin in turn, up to a bound.
 * The rest is left to a worker. Throws when one cannot be decided; then the transaction has to be done again without this.
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
    const round = waiting.sort((a, b) => (a.lane < b.lane ? -1 : 1)).slice(0, mostBegunAtOnce - decided)
    if (round.length === 0) return
    const turns = new Set<string>()
    const open = await allOfThem(
      round.map(async (job, n): Promise<Open[]> => {
        looked.add(job)
        const isFirst = round[n - 1]?.lane !== job.lane
        const { process, key, input } = job.payload as ProcessPayload
        const definition = processes.get(process)
        if (!definition || !isFirst) return []
        const turn = turnOf({ definition, key }, input)
        const isNext = turn !== undefined && !turns.has(turn)
        if (isNext) turns.add(turn)
        // What the first of a turn goes by nobody changes before it: it is asked together with whether the process is new.
        const [isNew, read] = await allOfThem([
          beginUnawaited(tx, { definition, key }),
          readForFirst(inside(process), { definition, key }, isNext ? input : undefined),
        ])
        return isNew ? [{ definition, key, row: begunRow(definition, key), ...read, inputs: [withoutId(job)], job }] : []
      }),
    )
    const begun = open.flat()
    for (const { job } of begun) outbox.withdraw(job!)
    await decideAll(inside, begun)
    decided += round.length
  }
}

/**
 * Decides about inputs in the transaction that has made them, each behind whatever waits for its process already. `meanwhile` may fail, and then nothing is
 * decided. Answers those that have to wait, for something before them waits for another try. Throws when one cannot be decided; then the transaction has to be done again with the inputs enqueued.
 */
export async function decideNow(
  inside: (process: string) => ProcessTransaction,
  inputs: readonly { definition: AnyProcess; key: string; job: NewJob }[],
  meanwhile: Promise<void>,
): Promise<NewJob[]> {
  const lanes = [...Map.groupBy(inputs, ({ job }) => job.lane).values()]
  const held: NewJob[] = []
  const [open] = await allOfThem([
    allOfThem(
      lanes.map(async (ones): Promise<Open[]> => {
        const [{ definition, key }] = ones as [(typeof ones)[number]]
        const [row, { isHeldUp, inputs: before }, ahead] = await openLane(inside(definition.name), { definition, key })
        if (!isHeldUp) return [{ definition, key, row, ahead, inputs: [...before, ...ones.map((one) => withoutId(one.job))] }]
        held.push(...ones.map((one) => one.job))
        return []
      }),
    ),
    meanwhile,
  ])
  await decideAll(inside, open.flat())
  return held
}

type AnyKindOfProcess = ProcessDefinition<unknown, unknown, unknown>

/** A process whose row this transaction holds, with what was read ahead and the inputs that are to be decided. */
type Open = { definition: AnyProcess; key: string; row: Row; ahead: unknown; inputs: readonly LaneInput[]; facts?: Facts; job?: NewJob }
/** What was read about the first input. */
type Facts = { facts: unknown } | undefined

/** Sent together and done in this order: what waits is looked for when the row is held. */
const openLane = (context: ProcessTransaction, { definition, key }: Named, before?: number) =>
  allOfThem([
    hold(context.tx, { definition, key }),
    drainLane(context.tx, { lane: laneOf(definition.name, key), now: context.now, before }),
    readAhead(context, definition, key),
  ])

const readAhead = async ({ scope }: ProcessTransaction, definition: AnyProcess, key: string): Promise<unknown> =>
  (definition as unknown as ProcessDefinition).ahead?.(scope, key)

const readFacts = async (
  { scope }: ProcessContext,
  process: AnyKindOfProcess,
  { state, ahead }: { state: unknown; ahead: unknown },
  input: unknown,
): Promise<unknown> => process.facts?.(scope, state, input, ahead)

/** What is read ahead of a process that begins, and the facts about its first input when that is given. */
async function readForFirst(
  context: ProcessTransaction,
  { definition, key }: Named,
  input: unknown,
): Promise<{ ahead: unknown; facts?: Facts }> {
  const ahead = await readAhead(context, definition, key)
  if (input === undefined) return { ahead }
  const process = definition as unknown as AnyKindOfProcess
  const state = z.parse(process.state, begunRow(definition, key).state)
  return { ahead, facts: { facts: await readFacts(context, process, { state, ahead }, inputOf(process, input)) } }
}

/** Those of one turn are decided one after the other; undefined: it has no turn, and nothing may be beside it. */
const turnOf = ({ definition, key }: Named, input: unknown): string | undefined =>
  definition.inTurn && `${definition.name}/${definition.inTurn(key, input as never)}`

/** Those that may be beside each other, and then the others, one after the other. */
async function decideAll(inside: (process: string) => ProcessTransaction, all: readonly Open[]): Promise<void> {
  const decideOne = (one: Open) => decideInputs(inside(one.definition.name), one)
  const isBeside = ({ definition, inputs }: Open) => definition.inTurn !== undefined && inputs.length === 1
  await inTurns(all.filter(isBeside), (one) => turnOf(one, (one.inputs[0]!.payload as ProcessPayload).input)!, decideOne)
  for (const one of all) if (!isBeside(one)) await decideOne(one)
}

/** So many processes begin in one transaction, and no more: it holds what it touches. */
const mostBegunAtOnce = 500
/** So often a process that wants to go on now does so in one transaction. */
const mostGoneOnAtOnce = 20

const withoutId = ({ payload }: NewJob): LaneInput => ({ id: 0, payload, fence: 0, tries: 0 })

/** Takes inputs in their order and writes where the process stands then, its effects, its timer and what it tells. */
async function decideInputs(context: ProcessTransaction, { definition, key, row, ahead, inputs, facts }: Open): Promise<void> {
  const { tx, outbox, now } = context
  const process = definition as unknown as AnyKindOfProcess
  const lane = laneOf(process.name, key)
  let { reason, step, wakeAt, endedAt } = row
  // One that has nothing to decide, for whatever woke it belongs to what was forgotten, leaves no row either.
  let forgotten = reason === notBegun
  let state = z.parse(process.state, row.state)
  const waiting = [...inputs]
  let goneOn = 0
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
    if (endedAt !== null) break
    const { input: raw } = job.payload as ProcessPayload
    const woke = (raw as Woke | null)?.type === 'woke'
    if (woke && (wakeAt === null || wakeAt > now)) continue
    const known = inputs[0] === job ? facts : undefined
    const decision = await decide(context, process, { key, state, ahead, known }, raw).catch((error: unknown) => {
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
    forgotten = decision.forgotten ?? false
    if (decision.ended === true) endedAt = now
    if (wakeAt === null || endedAt !== null) continue
    const wake: NewJob = { kind: 'process', lane, due: wakeAt, payload: { process: process.name, key, input: { type: 'woke' } } }
    if (wakeAt <= now && waiting.length === 0 && context.atOnce && goneOn++ < mostGoneOnAtOnce) {
      context.atOnce()
      waiting.push(withoutId(wake))
    } else outbox.enqueue(wake)
  }
  if (forgotten && step === 0) return tx.last(forget(tx, { definition, key }))
  const stands = { state, reason, step, wakeAt: endedAt === null ? wakeAt : null, endedAt }
  tx.last(save(tx, { name: process.name, key, version: process.version, ...stands }))
}

/** An input as the process takes it. Throws when it is none. */
const inputOf = (process: AnyKindOfProcess, raw: unknown): unknown =>
  ['woke', 'effect'].includes((raw as Woke | Ended | null)?.type ?? '') ? (raw as Woke | Ended) : z.parse(process.input, raw)

/** One input: read, the facts about it, the decision, and its record. */
async function decide(
  context: ProcessTransaction,
  process: AnyKindOfProcess,
  { key, state, ahead, known }: { key: string; state: unknown; ahead: unknown; known: Facts },
  raw: unknown,
): Promise<Decision<unknown>> {
  const input = inputOf(process, raw)
  const { facts } = known ?? { facts: await readFacts(context, process, { state, ahead }, input) }
  const decision: Decision<unknown> = process.decide(state, input, context.now, facts)
  if (process.record) await process.record(context, key, state, decision, input, facts)
  // Before the next decision, which may be about the same rows.
  await allIsAsked()
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
