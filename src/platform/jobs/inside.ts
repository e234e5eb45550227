// What the transactions of jobs have in common: whose the jobs are, how a process sees the transaction in which it decides, and what is done when deciding
// at once fails.
import { system } from '#kernel/actor.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace } from '../database/database.ts'
import type { Begun } from '../events/outbox.ts'
import type { ProcessTransaction } from '../processes/engine.ts'
import * as store from './store.ts'
import type { Job } from './store.ts'

/** A job of this node; `begun` when it was noted already that it goes out. */
export type Claimed = Job & { begun?: Begun | undefined }
/** What looked longer ago than this looks again before it goes out: its node may have stood still, and have lost it. */
export const freshSeconds = 1
export type InTransaction = Parameters<Parameters<Engine['transact']>[1]>[0]

/**
 * For work between what was accepted and what reaches the outside. A power cut may lose its commit, and then its job is there again and is done again;
 * whatever goes out is begun in a durable transaction, which makes durable all that came before it.
 */
export const notYetDurable = { durable: false }

/** Thrown inside a job's transaction when another node has taken it over: everything rolls back. */
export class Lost extends Error {}

/** Ends jobs in their transaction. Throws Lost when one of them is no longer this node's. */
export async function endOurs({ tx }: InTransaction, node: string, jobs: readonly Job[]): Promise<void> {
  if ((await store.finish(tx, node, jobs)).size < jobs.length) throw new Lost()
}

/** The transaction as each of its processes has it. */
export const insideOf =
  (context: InTransaction, also: () => void) =>
  (process: string): ProcessTransaction => (
    also(),
    { ...context.as(system(process)), tx: context.tx, outbox: context.outbox, atOnce: also }
  )

/**
 * Goes the other way when the first, which has done more than it had to (it says so by `also`), fails: not when the database is away, a race was lost, or
 * the job is another's by now.
 */
export async function orElse(first: (also: () => void) => Promise<void>, other: () => Promise<void>): Promise<void> {
  let didMore = false
  try {
    await first(() => void (didMore = true))
  } catch (error) {
    if (!didMore || error instanceof Lost || isRace(error) || isAway(error)) throw error
    await other()
  }
}
