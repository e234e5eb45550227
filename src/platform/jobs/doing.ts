// Does a job that this node has claimed, and writes down how it ended. Jobs of one kind that may be beside each other share their transactions
// (`grouping.ts`).
import { system } from '#kernel/actor.ts'
import { allOfThem, inTurns } from '#kernel/gather.ts'
import type { AnyProcess } from '#kernel/process.ts'
import type { ReactionDefinition } from '#kernel/reaction.ts'
import { addSeconds } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace, type Transaction, type TransactionOptions } from '../database/database.ts'
import { createWorkGates } from '../database/gate.ts'
import { backoff, type Adopter, type ReactionPayload } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import { advance, advanceTogether, decideBegun, type ProcessPayload, type ProcessTransaction } from '../processes/engine.ts'
import { TooNew } from '../processes/store.ts'
import { createEffects } from './effects.ts'
import { inGroups } from './grouping.ts'
import { endOurs, insideOf, Lost, notYetDurable, orElse, type Claimed, type InTransaction } from './inside.ts'
import * as store from './store.ts'
import type { Job } from './store.ts'

const attemptsBeforeParking = 10
/** What is done again and again may tidy large tables. */
const mayTakeLong = { ...notYetDurable, silentMs: 600_000 }

/**
 * How jobs are done by a node. `adopter`: who begins what its transactions leave behind. `lostTrack` hears of a job that could not even be
 * given back.
 */
export function createDoer(
  engine: Engine,
  log: Log,
  { node, adopter, patienceMs, lostTrack }: { node: string; adopter: Adopter; patienceMs: number; lostTrack: (job: Job) => void },
): (job: Claimed) => Promise<boolean> {
  const { catalogue, database, clock, rarely } = engine
  const reactions = new Map(catalogue.reactions.map((reaction) => [reaction.name, reaction]))
  const recurring = new Map(catalogue.recurring.map((definition) => [definition.name, definition]))
  const gates = createWorkGates(database.kind)
  const effects = createEffects(engine, log, { node, adopter, gate: gates.effects, patienceMs })
  const reactTogether = new Map(
    catalogue.reactions.flatMap((reaction) =>
      reaction.inTurn
        ? [
            [
              reaction.name,
              inGroups<Job, void>((jobs) => react(reaction as unknown as ReactionDefinition<unknown>, jobs), patienceMs, rarely),
            ],
          ]
        : [],
    ),
  )
  const decideTogether = new Map(
    [...catalogue.processes.values()].flatMap((definition) =>
      definition.inTurn ? [[definition.name, inGroups<Job, void>((jobs) => runProcesses(definition, jobs), patienceMs, rarely)]] : [],
    ),
  )
  /** False when there is something left to do of it. Never throws. */
  async function run(job: Claimed): Promise<boolean> {
    try {
      if (job.kind === 'effect') return await effects.run(job)
      if (job.kind === 'recurring') await runRecurring(job)
      if (job.kind === 'reaction') await runReaction(job)
      if (job.kind === 'process') await runProcess(job)
      return true
    } catch (error) {
      if (error instanceof Lost) return true
      if (error instanceof TooNew) await leaveToNewer(job, error)
      else await failed(job, error)
      return false
    }
  }

  async function runReaction(job: Job): Promise<void> {
    const reaction = reactions.get(job.lane) as ReactionDefinition<unknown> | undefined
    if (!reaction) throw new Error(`no reaction is called ${job.lane}`)
    await (reactTogether.get(job.lane)?.(job) ?? react(reaction, [job]))
  }

  /** Several of them only when they may be beside each other. */
  async function react(reaction: ReactionDefinition<unknown>, jobs: readonly Job[]): Promise<void[]> {
    await withWhatBegins(reaction.name, notYetDurable, async (context) => {
      const ours = endOurs(context, node, jobs)
      const reacted = inTurns(
        jobs.map(({ payload }) => (payload as ReactionPayload).event),
        ({ data }) => reaction.inTurn?.(data) ?? '',
        (event) => reaction.run(context, event),
      )
      await allOfThem([ours, reacted])
    })
    return jobs.map(() => undefined)
  }

  const runRecurring = (job: Job): Promise<void> =>
    withWhatBegins(job.lane, mayTakeLong, async (context) => {
      await endOurs(context, node, [job])
      const definition = recurring.get(job.lane)
      if (!definition) return
      await definition.run(context, job.due)
      context.outbox.enqueue({
        kind: 'recurring',
        lane: job.lane,
        due: addSeconds(context.now, definition.everySeconds),
        payload: { recurring: job.lane },
      })
    })

  /** A transaction that may be lost; the processes that it begins decide in it. When one cannot, it is done without them: they are not its fault. */
  const withWhatBegins = (
    name: string,
    options: TransactionOptions,
    work: (context: InTransaction & { atOnce?: () => void }) => Promise<void>,
  ): Promise<void> =>
    orElse(
      (also) =>
        atWork(
          system(name),
          async (context) => {
            await work(rarely('goes on in another transaction') ? context : { ...context, atOnce: also })
            if (!rarely('leaves to a worker what it has begun')) await decideBegun(insideOf(context, also), context, catalogue.processes)
            await effects.begin(context, also)
          },
          { ...options, adopter },
        ),
      () => atWork(system(name), work, options),
    )

  const atWork: Engine['transact'] = (actor, work, options) => gates.work(() => engine.transact(actor, work, options))

  async function runProcess(job: Job): Promise<void> {
    const { process } = job.payload as ProcessPayload
    const definition = catalogue.processes.get(process)
    if (!definition) throw new Error(`no process is called ${process}`)
    await (decideTogether.get(process)?.(job) ?? runProcesses(definition, [job]))
  }

  async function runProcesses(definition: AnyProcess, jobs: readonly Job[]): Promise<void[]> {
    const { name } = definition
    const inTransaction = (work: (context: ProcessTransaction) => Promise<void>) => withWhatBegins(name, notYetDurable, work)
    const keys = [...new Set(jobs.map(({ payload }) => (payload as ProcessPayload).key))]
    const [key, ...others] = keys
    if (others.length > 0) await inTransaction((context) => advanceTogether(context, definition, keys))
    else
      await advance(inTransaction, definition, key!, (error) =>
        log.error({ err: error, process: name, key }, 'an input of a process failed'),
      )
    return jobs.map(() => undefined)
  }

  /** A node of a newer version has begun it: that one goes on. */
  const leaveToNewer = (job: Job, { message }: TooNew): Promise<void> =>
    giveBack(job, (tx) => store.putBack(tx, node, job, addSeconds(clock.now(), 1), message, { started: job.startedAt, inVain: true }))

  async function failed(job: Job, error: unknown): Promise<void> {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error({ err: error, job: job.id, kind: job.kind, lane: job.lane, attempts: job.attempts }, 'a job failed')
    // A database that was away is no fault of the job's: when it is back, it is its turn.
    const inVain = isAway(error) || isRace(error)
    const givesUp = job.attempts >= attemptsBeforeParking && !inVain
    const due = inVain ? addSeconds(clock.now(), 1) : backoff(clock.now(), job.attempts)
    await giveBack(job, async (tx) => {
      if (givesUp && job.kind !== 'recurring') await store.park(tx, node, job, clock.now(), reason)
      else await store.putBack(tx, node, job, due, reason, { started: job.startedAt, inVain })
    })
  }

  const giveBack = (job: Job, work: (tx: Transaction) => Promise<unknown>): Promise<void> =>
    database.transaction(work).then(
      () => undefined,
      (again: unknown) => {
        lostTrack(job)
        log.error({ err: again, job: job.id }, 'a failed job could not be given back; it is freed as soon as the database answers')
      },
    )

  return run
}
