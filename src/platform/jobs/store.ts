// Every statement on jobs and nodes. Claims are `for update skip locked`; a claim carries a fence, and whoever lost it can write nothing more. A node gives no
// two of its claims the same one: a server that has lost what was written last gives the ids of lost jobs to new ones.
// While the installation is quiet (`platform/installation`) nothing is claimed.
import { allOfThem, gather } from '#kernel/gather.ts'
import { empty, join, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'

export type JobKind = 'reaction' | 'process' | 'effect' | 'recurring'
export type Job = {
  id: number
  kind: JobKind
  lane: string
  due: Instant
  payload: unknown
  fence: number
  attempts: number
  /** When an earlier try of an effect began without a recorded end: it may have reached the outside. */
  startedAt: Instant | null
}

const columns = sql`jobs.id, jobs.kind, jobs.lane, jobs.due, jobs.payload, jobs.fence, jobs.attempts, jobs.started_at as "startedAt"`

/** Whether work is done at all: a restored copy waits for an administrator. */
const awake = sql`not exists (select 1 from quiet)`

/** Names of what a version can do. During an upgrade nodes of another one stand beside it, and what only those know is left to them. */
export type Known = { processes: string[]; effects: string[]; reactions: string[]; recurring: string[] }

/** How many due jobs of these names are wanted. */
export type Wanted = { names: Partial<Known>; limit: number }

/** The kinds and the names of what somebody knows. An effect is known by whoever knows its process too. */
const isKnown = ({ processes = [], effects = [], reactions = [], recurring = [] }: Partial<Known>, processesOfEffects = processes): Sql =>
  join(
    [
      ...(processes.length > 0 ? [sql`kind = 'process' and payload ->> 'process' = any(${processes}::text[])`] : []),
      ...(effects.length > 0
        ? [
            sql`kind = 'effect' and payload ->> 'process' = any(${processesOfEffects}::text[]) and payload ->> 'effect' = any(${effects}::text[])`,
          ]
        : []),
      ...(reactions.length > 0 ? [sql`kind = 'reaction' and lane = any(${reactions}::text[])`] : []),
      ...(recurring.length > 0 ? [sql`kind = 'recurring' and lane = any(${recurring}::text[])`] : []),
      sql`false`,
    ].map((condition) => sql`(${condition})`),
    ' or ',
  )

const free = sql`owner is null and parked_at is null`

/** A node that claims, and the fence of this claim. */
export type Claimer = { node: string; fence: number }

/** Takes due jobs for a node that can do them: of each wanted sort as many as there are, the longest due first. */
export async function claimDue(
  tx: Transaction,
  { node, fence }: Claimer,
  wanted: readonly Wanted[],
  known: Known,
  now: Instant,
): Promise<Job[]> {
  const taken = wanted.map(
    ({ names, limit }) => sql`select id from (select id from jobs where due <= ${now} and ${free}
      and (${isKnown(names, known.processes)}) and ${awake} order by due, id limit ${limit} for update skip locked) as due_now`,
  )
  // An array, so that it is looked up once and not again for every row.
  const jobs = await tx.query<Job>(sql`
    update jobs set owner = ${node}, fence = ${fence}, attempts = attempts + 1
    where id = any(array(${join(taken, ' union all ')})) returning ${columns}`)
  // They are answered as they lie in the table.
  return jobs.sort((a, b) => (a.due === b.due ? a.id - b.id : a.due < b.due ? -1 : 1))
}

/** Writes jobs in their order. Those with a claimer are claimed by writing them, and answered. */
export const insertJobs = (
  tx: Transaction,
  jobs: readonly (Pick<Job, 'kind' | 'lane' | 'due' | 'payload' | 'startedAt'> & { claimer: Claimer | null })[],
): Promise<Job[]> => {
  const rows = jobs.map(({ claimer, ...job }) => ({ ...job, owner: claimer?.node ?? null, fence: claimer?.fence ?? 0 }))
  return tx.query<Job>(sql`with jobs as (insert into jobs (kind, lane, due, payload, owner, fence, attempts, started_at)
      select kind, lane, due, payload, owner, fence, case when owner is null then 0 else 1 end, "startedAt"
        from json_to_recordset(${json(rows)}::json) as row (kind text, lane text, due timestamptz, payload json, owner text, fence int, "startedAt" timestamptz)
      returning *)
    select ${columns} from jobs where owner is not null order by id`)
}

/** A job that a node holds. */
export type Held = Pick<Job, 'id' | 'fence'>

// Found by their ids. The index of owners holds all that the node has ended since the table was last tidied, and each would be looked at: so what is said of
// the owner is said as no index answers it.
const isHeldBy = (node: string, jobs: readonly Held[]): Sql =>
  sql`jobs.owner is not distinct from ${node} and (jobs.id, jobs.fence) in (select * from unnest(${jobs.map(({ id }) => id)}::bigint[], ${jobs.map(({ fence }) => fence)}::bigint[]))`

const idsOf = (rows: readonly { id: number }[]): Set<number> => new Set(rows.map(({ id }) => id))

/**
 * Ends jobs inside the transaction that does their work. Answers the ids of those that were still this node's: only their work may be committed.
 */
export const finish = async (tx: Transaction, node: string, jobs: readonly Held[]): Promise<Set<number>> =>
  idsOf(await tx.query<{ id: number }>(sql`delete from jobs where ${isHeldBy(node, jobs)} returning jobs.id`))

/** One input of a process, out of the queue. `tries` counts this one. */
export type LaneInput = Pick<Job, 'id' | 'payload' | 'fence'> & { tries: number }

/**
 * Takes the due inputs of a process out of the queue, in order; `before`: only those before that job. `isHeldUp`: one of them waits for another try, and
 * then none is taken, so that nothing overtakes it. What it was told is due, whenever the clock of whoever told it, or its longer transaction, says that this
 * was: only an alarm has its time. The caller holds the process's row.
 */
export const drainLane = gather(async (tx: Transaction, wanted: readonly { lane: string; now: Instant; before?: number | undefined }[]) => {
  const now = wanted[0]!.now
  const ofThem = sql`kind = 'process' and lane = any(${wanted.map(({ lane }) => lane)}::text[])`
  const inPart = wanted.flatMap(({ lane, before }) => (before === undefined ? [] : [sql`and (lane <> ${lane} or id < ${before})`]))
  const rows = await tx.query<LaneInput & { lane: string; isHeldUp: boolean }>(sql`
    with held_up as (select distinct lane from jobs waiting where ${ofThem} and ${waitsForAnotherTry(now)}),
      gone as (delete from jobs where ${ofThem} and (due <= ${now} or ${isTold}) and parked_at is null and lane not in (select lane from held_up) ${join([empty, ...inPart], ' ')}
        returning id, lane, payload, fence, attempts + case when owner is null then 1 else 0 end as tries)
    select lane, null::bigint as id, null::json as payload, null::int as fence, null::int as tries, true as "isHeldUp" from held_up
    union all select lane, id, payload, fence, tries, false from gone order by id`)
  return wanted.map(({ lane }) => ({
    isHeldUp: rows.some((row) => row.lane === lane && row.isHeldUp),
    inputs: rows
      .filter((row) => row.lane === lane && !row.isHeldUp)
      .map(({ id, payload, fence, tries }) => ({ id, payload, fence, tries })),
  }))
})

/** Records that an input failed: it is tried again at `retryAt`, or set aside when that is undefined. Whoever else claimed it loses it. */
export const failInput = (
  tx: Transaction,
  input: LaneInput,
  now: Instant,
  retryAt: Instant | undefined,
  error: string,
): Promise<unknown[]> =>
  tx.query(sql`update jobs set owner = null, fence = fence + 1, attempts = ${input.tries}, last_error = ${storable(error)}, due = ${retryAt ?? now},
      parked_at = ${retryAt === undefined ? now : null}
    where id = ${input.id} and fence = ${input.fence} and parked_at is null`)

/** Gives back the due inputs of a process, as if never claimed: at once, or for when the one that waits for another try has had it. */
export const releaseLane = (tx: Transaction, lane: string, now: Instant): Promise<unknown[]> =>
  tx.query(sql`update jobs set owner = null, fence = fence + 1, attempts = attempts - case when owner is null then 0 else 1 end,
      due = coalesce((select max(waiting.due) from jobs waiting where waiting.kind = 'process' and waiting.lane = ${lane} and ${waitsForAnotherTry(now)}), due)
    where kind = 'process' and lane = ${lane} and due <= ${now} and parked_at is null`)

/** What somebody outside said may hold a NUL, which no text of the database does: it stands as the replacement character, as in `kernel/sql.ts`. */
const storable = (error: string): string => error.slice(0, 4000).replaceAll('\0', '\ufffd')

const isTold = sql`last_error is null and payload #>> '{input,type}' is distinct from 'woke'`
const waitsForAnotherTry = (now: Instant): Sql => sql`waiting.due > ${now} and waiting.last_error is not null and waiting.parked_at is null`

/** Gives a job back to be tried at `due`. `inVain`: this try counts for nothing. */
export const putBack = (
  tx: Transaction,
  node: string,
  job: Pick<Job, 'id' | 'fence'>,
  due: Instant,
  error: string,
  options: { started: Instant | null; inVain?: boolean },
): Promise<unknown[]> =>
  tx.query(sql`update jobs set owner = null, due = ${due}, attempts = attempts - ${options.inVain ? 1 : 0}, last_error = ${storable(error)}, started_at = ${options.started}
    where id = ${job.id} and owner = ${node} and fence = ${job.fence}`)

/** Sets a job aside for a person to look at; the others go on. */
export const park = (tx: Transaction, node: string, job: Pick<Job, 'id' | 'fence'>, now: Instant, error: string): Promise<unknown[]> =>
  tx.query(
    sql`update jobs set owner = null, parked_at = ${now}, last_error = ${storable(error)} where id = ${job.id} and owner = ${node} and fence = ${job.fence}`,
  )

/** Records that effects are about to reach the outside. Answers the ids of those that are still this node's: only those may. */
export const markStarted = async (tx: Transaction, node: string, jobs: readonly Held[], now: Instant): Promise<Set<number>> =>
  idsOf(await tx.query<{ id: number }>(sql`update jobs set started_at = ${now} where ${isHeldBy(node, jobs)} returning jobs.id`))

/** The ids of those that are still this node's. */
export const stillHeld = async (tx: Transaction, node: string, jobs: readonly Held[]): Promise<Set<number>> =>
  idsOf(await tx.query<{ id: number }>(sql`select jobs.id from jobs where ${isHeldBy(node, jobs)}`))

/** Frees what a node holds and does not do: a claim, or a job given back, whose commit got lost with its connection. `doing`: ids of jobs. */
export const freeUnheld = (tx: Transaction, node: string, doing: number[]): Promise<unknown[]> =>
  tx.query(sql`update jobs set owner = null where owner = ${node} and not id = any(${doing}::bigint[])`)

/** When the next job of these sorts falls due, or undefined. */
export const nextDue = async (tx: Transaction, names: Partial<Known>, known: Known): Promise<Instant | undefined> =>
  (
    await tx.query<{ due: Instant }>(
      sql`select due from jobs where ${free} and (${isKnown(names, known.processes)}) and ${awake} order by due, id limit 1`,
    )
  )[0]?.due

/** Sets aside what has been due since before `before` and no living node knows: an upgrade does not take so long. Says how many. */
export const parkUnknown = async (tx: Transaction, known: Known, before: Instant, now: Instant): Promise<number> =>
  (
    await tx.query(
      sql`update jobs set parked_at = ${now}, last_error = 'this version does not know how it is done: it was written by another one'
        where due < ${before} and ${free} and not (${isKnown(known)}) returning id`,
    )
  ).length

export const insertRecurring = (tx: Transaction, name: string, due: Instant): Promise<unknown[]> =>
  tx.query(sql`insert into jobs (kind, lane, due, payload) select 'recurring', ${name}, ${due}, ${json({ recurring: name })}::json
    where not exists (select 1 from jobs where kind = 'recurring' and lane = ${name})`)

/** Has one job of each of these names that are done again and again, and none of others, whichever nodes start at the same time. */
export async function keepRecurring(tx: Transaction, names: string[], due: Instant): Promise<void> {
  // Else each of two nodes would see that what the other one writes is not there yet.
  await tx.query(sql`select pg_advisory_xact_lock(7476, 0)`)
  await tx.query(sql`delete from jobs where kind = 'recurring' and (not lane = any(${names}::text[])
    or owner is null and id > (select min(id) from jobs first where first.kind = 'recurring' and first.lane = jobs.lane))`)
  for (const name of names) await insertRecurring(tx, name, due)
}

/** Says that the node lives. Uses the database's clock: two nodes' clocks must not decide who is dead. False when others took it for dead. */
export const beat = async (tx: Transaction, node: string): Promise<boolean> =>
  (await tx.query(sql`update nodes set seen_at = clock_timestamp() where id = ${node} returning id`)).length === 1

/** Again by a node whose answer was lost on the way: it has entered. */
export const enterNode = (tx: Transaction, node: string, lock: number): Promise<unknown[]> =>
  tx.query(sql`insert into nodes (id, lock, started_at, seen_at) values (${node}, ${lock}, clock_timestamp(), clock_timestamp())
    on conflict (id) do update set seen_at = clock_timestamp()`)

export const leaveNode = async (tx: Transaction, node: string): Promise<void> => {
  await tx.query(sql`update jobs set owner = null where owner = ${node}`)
  await tx.query(sql`delete from nodes where id = ${node}`)
}

/** Frees the work of nodes whose connection is gone (their lock is free) or that have been silent for 3 seconds. Returns their ids. */
export async function takeOver(tx: Transaction, self: string, locksTellDeath: boolean): Promise<string[]> {
  const gone: Sql = locksTellDeath
    ? sql`(seen_at < clock_timestamp() - interval '3 seconds' or pg_try_advisory_xact_lock(7468, lock))`
    : sql`seen_at < clock_timestamp() - interval '3 seconds'`
  const rows = await tx.query<{ id: string; lock: number }>(
    sql`select id, lock from nodes where id <> ${self} and ${gone} for update skip locked`,
  )
  const dead = rows.map(({ id }) => id)
  if (dead.length > 0) await tx.query(sql`delete from nodes where id in (${join(dead)})`)
  if (dead.length > 0 && locksTellDeath)
    await endSessions(
      tx,
      rows.map(({ lock }) => lock),
    )
  // Also of a node that was taken for dead, claimed once more, and died before it could enter again. What somebody works on is left for the next
  // beat: whoever waited for it would seem dead itself. Below and above this node's own name, for the index of owners holds all that it has ended too.
  await allOfThem(
    [sql`owner < ${self}`, sql`owner > ${self}`].map((isAnothers) =>
      tx.query(
        sql`update jobs set owner = null where id in (select id from jobs where
          ${isAnothers} and not exists (select 1 from nodes where nodes.id = jobs.owner) for update skip locked)`,
      ),
    ),
  )
  return dead
}

/**
 * Ends what these nodes have begun and say nothing more about, however short a time ago, and what waits for it: else each of their transactions in turn, the
 * next from the moment in which the one before was ended, would hold its rows for as long as a silent one may. They are found by the session that holds the
 * node's lock, if it is still there. Whose name is not one that a node gave itself (an older version's, or one of the connection's address) may be somebody
 * else's too, and of another role nothing may be ended: they go without.
 */
const endSessions = (tx: Transaction, locks: readonly number[]): Promise<unknown[]> =>
  tx.query(sql`select pg_terminate_backend(session.pid) from pg_locks held
    join pg_stat_activity holder on holder.pid = held.pid and holder.application_name ~ '^tocsin [0-9a-f]{12}$'
    join pg_stat_activity session on session.application_name = holder.application_name and session.datid = holder.datid and session.usename = current_user
    where held.locktype = 'advisory' and held.classid = 7468 and held.objid::bigint = any(${locks as number[]}::bigint[]) and held.objsubid = 2
      and held.granted and held.pid <> pg_backend_pid() and held.database = holder.datid
      and (session.wait_event_type = 'Lock' or session.state like 'idle in transaction%')`)

/** On the embedded database one process owns everything: whatever an earlier one held is free. */
export async function freeEverything(tx: Transaction): Promise<void> {
  await tx.query(sql`update jobs set owner = null where owner is not null`)
  await tx.query(sql`delete from nodes`)
}

export const parkedJobs = (
  tx: Pick<Transaction, 'query'>,
  limit: number,
): Promise<{ id: number; kind: JobKind; lane: string; lastError: string | null; parkedAt: Instant }[]> =>
  tx.query(
    sql`select id, kind, lane, last_error as "lastError", parked_at as "parkedAt" from jobs where parked_at is not null order by parked_at desc limit ${limit}`,
  )

/** Ids of the nodes that have been heard of within 3 seconds. */
export const livingNodes = async (tx: Pick<Transaction, 'query'>): Promise<string[]> =>
  (await tx.query<{ id: string }>(sql`select id from nodes where seen_at >= clock_timestamp() - interval '3 seconds' order by id`)).map(
    ({ id }) => id,
  )

/** Every node that has not left, with how long nothing was heard of it; and what the database's clock says. */
export const nodesNow = async (
  tx: Pick<Transaction, 'query'>,
): Promise<{ at: Instant; nodes: { id: string; startedAt: Instant; silentSeconds: number }[] }> => {
  const [clock] = await tx.query<{ at: Instant }>(sql`select clock_timestamp() as at`)
  const nodes = await tx.query<{ id: string; startedAt: Instant; silentSeconds: number }>(
    sql`select id, started_at as "startedAt", extract(epoch from clock_timestamp() - seen_at)::float8 as "silentSeconds" from nodes order by id`,
  )
  return { at: clock!.at, nodes }
}

/** Work whose time has come: what it is called, and why its process waited. `payload` as it was enqueued. */
export type DueWork = { kind: JobKind; name: string; lane: string; due: Instant; payload: unknown; reason: string | null }

// A timer that its process no longer waits for does nothing, so it is not due; nor is what is done again and again anyway.
const comesToSomething = (now: Instant): Sql => sql`jobs.due <= ${now} and jobs.parked_at is null and jobs.kind <> 'recurring'
  and (jobs.kind <> 'process' or (processes.ended_at is null and (jobs.payload #>> '{input,type}' is distinct from 'woke' or processes.wake_at <= ${now})))`
const withProcess = sql`jobs left join processes on processes.name = jobs.payload ->> 'process' and processes.key = jobs.payload ->> 'key'`
const workName = sql`coalesce(jobs.payload ->> 'effect', jobs.payload ->> 'process', jobs.lane)`

/** What is due, the longest due first. */
export const dueWork = (tx: Pick<Transaction, 'query'>, now: Instant, limit: number): Promise<DueWork[]> =>
  tx.query(sql`select jobs.kind, ${workName} as name, jobs.lane, jobs.due, jobs.payload, processes.reason
    from ${withProcess} where ${comesToSomething(now)} order by jobs.due, jobs.id limit ${limit}`)

/** How much is due, by what it is. */
export const countDueWork = (tx: Pick<Transaction, 'query'>, now: Instant): Promise<{ kind: JobKind; name: string; count: number }[]> =>
  tx.query(sql`select jobs.kind, ${workName} as name, count(*) as count from ${withProcess} where ${comesToSomething(now)}
    group by 1, 2 order by 1, 2`)

/** How many jobs were set aside, how many have waited since before `before`, and since when the oldest of those. */
export const jobsLate = async (
  tx: Pick<Transaction, 'query'>,
  before: Instant,
): Promise<{ parked: number; overdue: number; oldest: Instant | null }> =>
  (
    await tx.query<{
      parked: number
      overdue: number
      oldest: Instant | null
    }>(sql`select (select count(*) from jobs where parked_at is not null) as parked, count(*) as overdue, min(due) as oldest
      from jobs where ${free} and due < ${before}`)
  )[0]!
