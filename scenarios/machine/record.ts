// What the machine has seen: every event as it was committed, everything that was handed to a provider, every answer to a caller. Invariants read it.
import { createHash } from 'node:crypto'
import { system } from '#kernel/actor.ts'
import type { EventRecord } from '#kernel/event.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { instant, type Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import { scopeOf } from '#platform/database/scope.ts'
import type { LastKnown } from '#app/outage/last-known.ts'
import type { KeyedBatch } from '#app/outage/outage.ts'
import type { FaultKind } from './faults.ts'

/** One commit that left events. `index` counts every commit of the run. */
export type Commit = { index: number; at: Instant; events: EventRecord[] }
/** One message in a provider's hands. `seen`: how many commits its sender had seen when it last looked. */
export type Handed = {
  at: Instant
  key: string
  reachKey: string
  channel: string
  /** The mail address or the endpoint that it goes to. */
  to: string
  recognisesKey: boolean
  title: string
  url: string
  stopUrl: string | undefined
  urgency: 'page' | 'update'
  repeated: boolean
  seen: number
  /** When it last looked: a node that stood still since then could not know better. */
  lookedAt: Instant
  node: string
  arrived: boolean
  arrivedAt?: Instant
  /** The database has lost that it went out. */
  isForgotten?: boolean
}
/** What somebody was shown: the things of one kind in a list, all of them or the first, or one thing that was asked for by its id. */
export type Answer = {
  user: string
  kind: string
  ids: string[]
  all: boolean
  asked?: string
  /** How many commits there were when it was read who they are. */
  known: number
}
/**
 * One alert in a request of the outside. `began` and `ended` count what was begun and answered; `ended` is undefined when no answer came, or a refusal. `beganAt`, `endedAt`: when
 * that was by the clock. `inFile`: its node had something in its file when it answered; `handedOver`: when that was empty again.
 */
export type Sent = {
  integration: string
  key: string
  action: 'trigger' | 'resolve' | 'acknowledge'
  node: string
  began: number
  beganAt: Instant
  ended?: number
  endedAt?: Instant
  stored?: boolean
  inFile?: boolean
  handedOver?: number
}
/** What a node has written into its file, and by what it would tell people of it. */
export type Kept = { node: string; at: Instant; known: LastKnown | undefined; batches: readonly KeyedBatch[]; commit: string | undefined }

export class Violation extends Error {
  readonly invariant: string
  constructor(invariant: string, sentence: string) {
    super(sentence)
    this.invariant = invariant
  }
}

/** Throws the violation of an invariant when `holds` is false. */
export function demand(invariant: string, holds: boolean, sentence: () => string): asserts holds {
  if (!holds) throw new Violation(invariant, sentence())
}

/** What a run asks of people. `hash`: of what would be approved. */
export type Pending = { kind: string; step: string; hash?: string }

export type Seen = {
  commits: number
  events: EventRecord[]
  handed: Handed[]
  /** The commit that last changed who may see what. */
  walls: number
  /** The commit in which somebody last stopped to follow a status page. */
  left: number
  /** When each message was looked at right before it goes out, by its node and its key: each look that is not followed by its message yet, in order. */
  looks: Map<string, Pick<Handed, 'seen' | 'lookedAt'>[]>
  sent: Sent[]
  /** Requests with alerts that were begun, and that were answered. */
  turns: number
  /** POSTs of runbook steps: `run tag/step`. */
  posted: string[]
  /** By run: what it asked when somebody last looked. */
  pendings: Map<string, Pending>
  /** People's answers that a step may be done once more. */
  again: string[]
  /** Since when nothing was disturbed: faults may make things later than this allows. */
  disturbed: { kind: FaultKind | 'clock'; at: Instant; seconds: number; node?: string }[]
  /** The next due job that somebody may take, and of those that are not recurring. */
  due: Instant | undefined
  dueOnce: Instant | undefined
  owners: Set<string>
  /** Commits of which nothing was heard when what was in them went into a file. */
  inDoubt: string[]
  /** Who said that they have what they were told while the database was away: at which node, and when. */
  took: { node: string; at: Instant }[]
  /** When something was last heard of an alert, and whether one may hold back others. */
  heard: Instant | undefined
  inhibits: boolean
  /** Whether something waits in the backlog. */
  isBehind: boolean
  reached: Set<string>
  /** How far apart two nodes' times may be, in seconds. */
  apartSeconds: number
  /** Whether any fault has struck yet. */
  struck: () => boolean
  /** What invariants have concluded from the commits so far; see `concluded`. */
  conclusions: Map<string, unknown>
  /** Which commits each node has heard of that wrote something down and waited for the disk. */
  witnessed: { node: string; commit: number }[]
  /** How often the database has lost its last moments, and the commit behind which all is later than that. */
  losses: number
  lostAt: number
}

export const nothingSeen = (struck: () => boolean, apartSeconds = 0): Seen => ({
  apartSeconds,
  commits: 0,
  events: [],
  handed: [],
  walls: 0,
  left: 0,
  looks: new Map(),
  sent: [],
  turns: 0,
  posted: [],
  pendings: new Map(),
  again: [],
  disturbed: [],
  due: undefined,
  dueOnce: undefined,
  owners: new Set(),
  inDoubt: [],
  took: [],
  heard: undefined,
  inhibits: false,
  isBehind: false,
  reached: new Set(),
  struck,
  conclusions: new Map(),
  witnessed: [],
  losses: 0,
  lostAt: 0,
})

/** What an invariant concludes from the commits, as plain data: a database that loses its last moments takes what was concluded from them along. */
export const concluded =
  <T>(name: string, make: () => T) =>
  ({ conclusions }: Seen): T => {
    if (!conclusions.has(name)) conclusions.set(name, make())
    return conclusions.get(name) as T
  }

/** Reads with the system's eyes, past every fault. */
export const look = <T>(database: Database, at: Instant, work: (scope: Scope) => Promise<T>): Promise<T> =>
  database.transaction((tx) => work(scopeOf(tx, system('machine'), at)), { looksThrough: true })

const changesWalls = /^(team|user)\./

type Row = Omit<EventRecord, 'at'> & { at: string }

/** Takes in what one commit left. Answers its new events. */
export async function takeIn(seen: Seen, database: Database, at: Instant): Promise<Commit> {
  const last = seen.events.at(-1)?.position ?? 0
  return look(database, at, async (scope) => {
    const jobs = await scope.first<{
      due: string | null
      once: string | null
      owners: string[] | null
      newest: number | null
      behind: boolean
    }>(sql`
      select min(due) filter (where owner is null and parked_at is null) as due,
        min(due) filter (where owner is null and parked_at is null and kind <> 'recurring') as once,
        array_agg(distinct owner) filter (where owner is not null) as owners, (select max(position) from events) as newest,
        exists (select 1 from backlog) or exists (select 1 from unread_requests) as behind from jobs`)
    const rows =
      (jobs?.newest ?? 0) === last
        ? []
        : await scope.query<Row>(sql`select position, stream, sequence, type, version, at, actor, about, data, encode(hash, 'hex') as hash
            from events where position > ${last} order by position`)
    const events = rows.map((row): EventRecord => ({ ...row, at: instant(row.at) }))
    seen.commits++
    seen.events.push(...events)
    if (events.some(({ type }) => /^(alert|silence)\./.test(type))) seen.heard = at
    seen.inhibits ||= events.some(({ type }) => type === 'inhibition.changed')
    if (events.some(({ type }) => changesWalls.test(type))) seen.walls = seen.commits
    if (events.some(({ type }) => type === 'subscriber.left' || type === 'user.disabled')) seen.left = seen.commits
    seen.due = jobs?.due ? instant(jobs.due) : undefined
    seen.dueOnce = jobs?.once ? instant(jobs.once) : undefined
    seen.owners = new Set(jobs?.owners ?? [])
    seen.isBehind = jobs?.behind ?? false
    return { index: seen.commits, at, events }
  })
}

/** One hash over the chains of everything that happened: equal for equal runs. */
export function hashOf(seen: Seen): string {
  const hash = createHash('sha256')
  for (const event of seen.events) hash.update(`${event.position} ${event.stream} ${event.at} ${event.hash}\n`)
  for (const { key, at, arrived } of seen.handed) hash.update(`${key} ${at} ${arrived}\n`)
  return hash.digest('hex').slice(0, 16)
}
