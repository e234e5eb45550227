// What one transaction will leave behind: events for the record, jobs for what follows, topics for live pages. Written at the end of the
// transaction, in one statement for each of these, whatever their number.
import { z } from 'zod'
import type { EventDefinition, Happened } from '#kernel/event.ts'
import { json } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'
import { insertJobs, type Claimer, type Job } from '../jobs/store.ts'
import { appendEvents, type NewEvent } from './append.ts'
import type { Seen } from './witness.ts'

export type ReactionPayload = { reaction: string; event: Happened }

export type NewJob = { kind: 'reaction' | 'process' | 'effect' | 'recurring'; lane: string; due: Instant; payload: unknown }

export type Outbox = {
  add<Data>(event: EventDefinition<Data>, data: Data, meta: { actor: string; at: Instant; stream?: string | undefined }): void
  enqueue(job: NewJob): void
  /** The jobs that were enqueued so far, in order. */
  enqueued(): readonly NewJob[]
  /** Takes one back that was done here. */
  withdraw(job: NewJob): void
  /** Effects begin as they are written: who begins them has chosen among all that are due, and they have looked already. */
  begin(effects: ReadonlyMap<NewJob, Begun>): void
  /** Writes everything. Called once, right before the commit. */
  flush(): Promise<void>
}

/**
 * How an effect begins: when it looked, when it was noted that it goes out (null for what may be repeated unmarked), and what its look has seen. `seen`
 * rejects when it could not look to its end: then it has to look again, and nothing has left.
 */
export type Begun = { at: Instant; startedAt: Instant | null; seen: Promise<unknown> }

/** A node that begins what its own transactions leave behind: `choose` says what of it there is room for, and `take` hears of that after the commit. */
export type Adopter = {
  /** For what one transaction begins. */
  claimer(): Claimer
  choose(tx: Transaction, jobs: readonly NewJob[]): readonly NewJob[]
  take(jobs: (Job & { begun?: Begun | undefined })[]): void
}

/** What a transaction has left behind: topics for live pages, how many jobs that nobody begins already, and one of its events. */
export type Left = { topics: string[]; jobs: number; event: Seen | undefined }

/** So often a worker looks for what is due although nobody woke it: for what is due later than that, nobody does. */
export const unaskedSeconds = 1

/** `adopter`: who begins what is due at once, as it is written. `reactionsTo` names the reactions on an event; `salt` makes 16 random bytes; `now` is when the transaction began. */
export function createOutbox(
  tx: Transaction,
  reactionsTo: (type: string, data: unknown) => readonly string[],
  salt: () => Uint8Array,
  committed: (left: Left) => void,
  now: Instant,
  adopter?: Adopter,
): Outbox {
  const events: Omit<NewEvent, 'salt'>[] = []
  const jobs: NewJob[] = []
  let begun: ReadonlyMap<NewJob, Begun> | undefined

  return {
    add(event, data, { actor, at, stream }) {
      const checked = z.parse(event.data, data)
      const about = event.about(checked) as Record<string, string>
      const chain = stream ?? about['incident'] ?? Object.values(about)[0]
      if (chain === undefined) throw new Error(`${event.type} is about nothing`)
      events.push({
        stream: chain,
        type: event.type,
        version: event.version,
        at,
        actor,
        about,
        data: checked,
      })
    },
    enqueue: (job) => void jobs.push(job),
    enqueued: () => jobs,
    withdraw: (job) => void jobs.splice(jobs.indexOf(job), 1),
    begin: (effects) => void (begun = effects),
    async flush() {
      const event = events.length > 0 ? writeEvents() : undefined
      const topics = topicsOf(events)
      const due = jobs.filter((job) => job.due <= now && !(begun && job.kind === 'effect'))
      const adopted = new Set([...(begun?.keys() ?? []), ...(adopter?.choose(tx, due) ?? [])])
      const soon = addSeconds(now, unaskedSeconds)
      const others = jobs.filter((job) => job.due < soon && !adopted.has(job)).length
      if (jobs.length > 0) writeJobs(adopted)
      if (others > 0) tx.last(tx.notify('tocsin_jobs', ''))
      if (topics.length > 0) {
        const payload = json(topics)
        tx.last(tx.notify('tocsin_live', payload.length < 7900 ? payload : '["*"]'))
      }
      if (topics.length > 0 || jobs.length > 0) tx.afterCommit(() => committed({ topics, jobs: others, event }))
    },
  }

  /** And a job for each reaction to them. Answers the first. */
  function writeEvents(): Seen | undefined {
    const written = events.map((event) => ({ ...event, salt: salt() }))
    tx.last(appendEvents(tx, written))
    for (const { stream, type, version, at, actor, about, data } of events)
      for (const reaction of reactionsTo(type, data)) {
        const payload: ReactionPayload = { reaction, event: { stream, type, version, at, actor, about, data } }
        jobs.push({ kind: 'reaction', lane: reaction, due: at, payload })
      }
    return written[0]
  }

  function writeJobs(adopted: ReadonlySet<NewJob>): void {
    const claimer = adopted.size > 0 ? adopter!.claimer() : null
    const written = insertJobs(
      tx,
      jobs.map((job) => ({ ...job, claimer: adopted.has(job) ? claimer : null, startedAt: begun?.get(job)?.startedAt ?? null })),
    )
    let claimed: Job[] = []
    tx.last(written.then((rows) => (claimed = rows)))
    // As they are in the queue, so they come back.
    const inOrder = jobs.filter((job) => adopted.has(job))
    tx.afterCommit(() => adopter?.take(claimed.map((job, n) => ({ ...job, begun: begun?.get(inOrder[n]!) }))))
  }
}

/** Live pages follow things by id and lists by the first word of the event's type. */
function topicsOf(events: readonly Omit<NewEvent, 'salt'>[]): string[] {
  const topics = new Set<string>()
  for (const event of events) {
    topics.add(event.type.split('.')[0]!)
    topics.add(event.stream)
    for (const id of Object.values(event.about)) topics.add(id)
  }
  return [...topics]
}

/** When a failed job is tried again: 1, 2, 4 … seconds, at most 5 minutes. */
export const backoff = (now: Instant, attempts: number, firstSeconds = 1): Instant =>
  addSeconds(now, Math.min(300, firstSeconds * 2 ** Math.max(0, attempts - 1)))
