// What one transaction will leave behind: events for the record, jobs for what follows, topics for live pages. Written at the end of the
// transaction in two statements, whatever their number.
import { z } from 'zod'
import type { AnyEvent, EventDefinition } from '#kernel/event.ts'
import { allOfThem } from '#kernel/gather.ts'
import { json, sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'
import { insertJobs, type Job } from '../jobs/store.ts'
import { linkHash } from './chain.ts'

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
  /** Sent already, and waited for before the commit. */
  meanwhile(statement: Promise<unknown>): void
  /** Writes everything. Called once, right before the commit. */
  flush(): Promise<void>
}

/** How an effect begins: when it looked, when it was noted that it goes out (null for what may be repeated unmarked), and what its look has seen. */
export type Begun = { at: Instant; startedAt: Instant | null; seen: unknown }

/** A node that begins what its own transactions leave behind: `choose` says what of it there is room for, and `take` hears of that after the commit. */
export type Adopter = {
  node: string
  choose(jobs: readonly NewJob[]): readonly NewJob[]
  take(jobs: (Job & { begun?: Begun | undefined })[]): void
}

type Pending = {
  event: AnyEvent
  stream: string
  type: string
  version: number
  at: Instant
  actor: string
  about: Record<string, string>
  data: unknown
}

/** `adopter`: who begins what is due at once, as it is written. `reactionsTo` names the reactions on an event; `salt` makes 16 random bytes; `now` is when the transaction began. */
export function createOutbox(
  tx: Transaction,
  reactionsTo: (type: string, data: unknown) => readonly string[],
  salt: () => Uint8Array,
  committed: (topics: string[], jobs: number) => void,
  now: Instant,
  adopter?: Adopter,
): Outbox {
  const events: Pending[] = []
  const jobs: NewJob[] = []
  const underWay: Promise<unknown>[] = []
  let begun: ReadonlyMap<NewJob, Begun> | undefined

  return {
    add(event, data, { actor, at, stream }) {
      const checked = z.parse(event.data, data)
      const about = event.about(checked) as Record<string, string>
      const chain = stream ?? about['incident'] ?? Object.values(about)[0]
      if (chain === undefined) throw new Error(`${event.type} is about nothing`)
      events.push({
        event: event as unknown as AnyEvent,
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
    meanwhile(statement) {
      underWay.push(statement)
      // Heard before the commit, unless something else has failed first.
      statement.catch(() => undefined)
    },
    async flush() {
      await allOfThem([events.length > 0 && writeEvents(), ...underWay])
      const topics = topicsOf(events)
      const due = jobs.filter((job) => job.due <= now && !(begun && job.kind === 'effect'))
      const adopted = new Set([...(begun?.keys() ?? []), ...(adopter?.choose(due) ?? [])])
      const others = jobs.length - adopted.size
      if (jobs.length > 0) writeJobs(adopted)
      if (others > 0) tx.last(tx.notify('tocsin_jobs', ''))
      if (topics.length > 0) {
        const payload = json(topics)
        tx.last(tx.notify('tocsin_live', payload.length < 7900 ? payload : '["*"]'))
      }
      if (topics.length > 0 || jobs.length > 0) tx.afterCommit(() => committed(topics, others))
    },
  }

  async function writeEvents() {
    const heads = await lockHeads([...new Set(events.map((event) => event.stream))].sort())
    const rows = events.map((event) => {
      const head = heads.get(event.stream)!
      const link = {
        sequence: head.sequence + 1,
        type: event.type,
        version: event.version,
        at: event.at,
        actor: event.actor,
        aboutText: json(event.about),
        dataText: json(event.data),
        salt: salt(),
      }
      const hash = linkHash(head.hash, link)
      heads.set(event.stream, { sequence: link.sequence, hash })
      const columns = json({
        stream: event.stream,
        sequence: link.sequence,
        type: event.type,
        version: event.version,
        at: event.at,
        actor: event.actor,
        subject: Object.values(event.about)[0]!,
        salt: Buffer.from(link.salt).toString('base64'),
        hash: hash.toString('base64'),
      })
      // Spliced in as it is: a json column keeps every byte, and it is these bytes that were hashed.
      return { sequence: link.sequence, hash, text: `${columns.slice(0, -1)},"about":${link.aboutText},"data":${link.dataText}}` }
    })
    const written = tx.query<{ position: number }>(sql`
      insert into events (stream, sequence, type, version, at, actor, subject, about, data, salt, hash)
      select stream, sequence, type, version, at, actor, subject, about, data, decode(salt, 'base64'), decode(hash, 'base64')
      from json_to_recordset(${`[${rows.map((row) => row.text).join(',')}]`}::json) as row (stream text, sequence int, type text, version int, at timestamptz,
        actor text, subject text, about json, data json, salt text, hash text)
      returning position`)
    const reactions = events.map(({ type, data }) => reactionsTo(type, data))
    if (reactions.every((some) => some.length === 0)) return tx.last(written)
    const positions = await written
    for (const [index, event] of events.entries()) {
      const row = rows[index]!
      for (const reaction of reactions[index]!) {
        const record = {
          position: positions[index]!.position,
          stream: event.stream,
          sequence: row.sequence,
          type: event.type,
          version: event.version,
          at: event.at,
          actor: event.actor,
          about: event.about,
          data: event.data,
          hash: row.hash.toString('hex'),
        }
        jobs.push({ kind: 'reaction', lane: reaction, due: event.at, payload: { reaction, event: record } })
      }
    }
  }

  async function lockHeads(streams: string[]) {
    const locked = tx.query(
      sql`select pg_advisory_xact_lock(7469, hashtext(stream)) from (select stream from unnest(${streams}::text[]) as stream order by hashtext(stream)) as ordered`,
    )
    // A statement of its own, begun when the locks are held: it sees what whoever held them before has committed.
    const read = tx.query<{ stream: string; sequence: number; hash: Uint8Array }>(sql`
      select wanted.stream, head.sequence, head.hash from unnest(${streams}::text[]) as wanted (stream)
      cross join lateral (select sequence, hash from events where events.stream = wanted.stream order by sequence desc limit 1) head`)
    const [, found] = await allOfThem([locked, read])
    const heads = new Map(streams.map((stream) => [stream, { sequence: 0, hash: new Uint8Array() as Uint8Array }]))
    for (const { stream, sequence, hash } of found) heads.set(stream, { sequence, hash })
    return heads
  }

  function writeJobs(adopted: ReadonlySet<NewJob>): void {
    const written = insertJobs(
      tx,
      jobs.map((job) => ({ ...job, owner: adopted.has(job) ? adopter!.node : null, startedAt: begun?.get(job)?.startedAt ?? null })),
    )
    let claimed: Job[] = []
    tx.last(written.then((rows) => (claimed = rows)))
    // As they are in the queue, so they come back.
    const inOrder = jobs.filter((job) => adopted.has(job))
    tx.afterCommit(() => adopter?.take(claimed.map((job, n) => ({ ...job, begun: begun?.get(inOrder[n]!) }))))
  }
}

/** Live pages follow things by id and lists by the first word of the event's type. */
function topicsOf(events: Pending[]): string[] {
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
