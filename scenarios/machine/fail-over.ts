// The database fails over to a copy that lags behind: everything that was committed since a moment is gone, also the answers of which somebody has heard. The
// nodes live on, and what they go by, and what the machine goes by, is of what is not there any more.
import { sql } from '#kernel/sql.ts'
import { addSeconds, epochMs, type Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import type { Away } from './away.ts'
import { returnTo, takeCopy, type Copy } from './copy.ts'
import type { World } from './provider.ts'
import type { Random } from './random.ts'
import { demand, look, takeIn, type Seen, type Sent } from './record.ts'

export type FailOver = {
  /** A copy lags, or a node does not know yet what was lost: what it would be forgiven must not hide what it is not. */
  isUnderWay(): boolean
  /** A copy may begin to lag. */
  strike(): Promise<void>
  /** Whether the copy takes over now, or before time passes to this moment. */
  isDue(step: number, moment?: number): boolean
  /** It takes over. Answers for how many seconds there is no database. */
  happen(nodes: readonly string[]): Promise<number>
  /** A node has found out what is lost. Throws a Violation when it knew of something, and nobody is told. */
  lookedBack(node: string): void
  /** What it would have known it does not any more. */
  crashed(node: string): void
}

/** What was there when the copy had it last. */
type Moment = {
  copy: Copy
  at: Instant
  commits: number
  events: number
  turns: number
  posted: number
  conclusions: Seen['conclusions']
  /** Nodes that crashed since then, and at which turn. */
  crashed: Map<string, number>
  /** It takes over when so many steps are done. */
  steps: number
  before: number | undefined
}

/** A node remembers for a minute what it was told is committed. */
const longestLagSeconds = 20
/** More of them would say nothing new, and each costs as much as a hundred steps. */
const mostTimes = 2

export function createFailOver({ clock, database, faults, seen }: World, away: Away, random: Random): FailOver {
  let lagging: Moment | undefined
  let times = 0
  /** Nodes that do not know it yet, what each had taken in, and from where on the record was lost, if it had heard of something there. */
  const unaware = new Map<string, { sent: Sent[]; lostFrom: number | undefined }>()

  /** Its sender has heard yes, and no one is left who remembers it. */
  function forget(sent: readonly Sent[]): void {
    for (const one of sent) {
      delete one.ended
      delete one.endedAt
      one.stored = false
    }
  }

  return {
    isUnderWay: () => lagging !== undefined || unaware.size > 0,

    async strike() {
      if (
        lagging ||
        unaware.size > 0 ||
        times >= mostTimes ||
        away.until() !== undefined ||
        !faults.strikes('database loses what was last')
      )
        return
      times++
      lagging = {
        copy: await takeCopy(database),
        at: clock.now(),
        commits: seen.commits,
        events: seen.events.length,
        turns: seen.turns,
        posted: seen.posted.length,
        conclusions: structuredClone(seen.conclusions),
        crashed: new Map(),
        steps: random.between(3, 80),
        before: undefined,
      }
    },

    isDue(step, moment) {
      if (!lagging) return false
      lagging.before ??= step + lagging.steps
      return step >= lagging.before || (moment !== undefined && moment > epochMs(addSeconds(lagging.at, longestLagSeconds)))
    },

    async happen(nodes) {
      const then = lagging!
      lagging = undefined
      const isLost = seen.events.length > then.events
      await returnTo(then.copy, database)
      seen.commits++
      seen.losses++
      // Whoever looked before may have looked at what never was.
      seen.lostAt = seen.walls = seen.left = seen.commits
      seen.events.length = then.events
      seen.conclusions = then.conclusions
      const now = clock.now()
      await takeIn(seen, database, now)
      const { hasBegun, isKnown } = await whatHasBegun(database, now)
      for (const one of seen.handed) if (one.seen >= then.commits && !isKnown(one.key)) one.isForgotten = true
      seen.posted.push(...seen.posted.splice(then.posted).filter(hasBegun))
      const lost = seen.sent.filter((one) => one.ended !== undefined && tookAt(one) > then.turns)
      const isRemembered = (one: Sent) => (then.crashed.get(one.node) ?? -1) < tookAt(one)
      forget(lost.filter((one) => !isRemembered(one)))
      for (const name of nodes) {
        const isWitness = seen.witnessed.some(({ node, commit }) => node === name && commit > then.commits)
        unaware.set(name, { sent: [], lostFrom: isWitness ? then.events : undefined })
      }
      for (const one of lost.filter(isRemembered)) {
        // As what is in a file of this node: it is behind what others take in.
        Object.assign(one, { inFile: true, handedOver: Infinity })
        unaware.get(one.node)?.sent.push(one)
      }
      if (isLost) seen.reached.add('a fail-over that lost something')
      const seconds = random.one([1, 3, 12])
      away.begin(seconds)
      return seconds
    },

    lookedBack(node) {
      const { sent, lostFrom } = unaware.get(node)!
      unaware.delete(node)
      const turn = ++seen.turns
      for (const one of sent) one.handedOver = turn
      demand(
        'I16',
        lostFrom === undefined || seen.events.slice(lostFrom).some(({ type }) => type === 'database.lost'),
        () => `${node} had heard of what the database has lost, and nobody is told`,
      )
    },

    crashed(node) {
      lagging?.crashed.set(node, seen.turns)
      seen.witnessed = seen.witnessed.filter((one) => one.node !== node)
      forget(unaware.get(node)?.sent ?? [])
      unaware.delete(node)
    },
  }
}

/** When its node had it in the database, or has answered. */
const tookAt = ({ ended, handedOver }: Sent): number => handedOver ?? ended!

/** What the database knows of what goes out: whether it has written down that the sending of a message has begun, or that a step of a run has. */
async function whatHasBegun(database: Database, now: Instant) {
  const { begun, settled, runs } = await look(database, now, async (scope) => ({
    begun: await scope.query<{
      text: string
    }>(sql`select payload::text || ' ' || (payload ->> 'process') || '/' || (payload ->> 'key') || '/' as text
      from jobs where kind = 'effect' and started_at is not null`),
    settled: await scope.query<{ key: string }>(sql`select id as key from notifications where status not in ('waiting', 'sending')
      union all select update_id || '.' || subscriber_id from update_mails where status <> 'sending'`),
    runs: await scope.query<{ id: string; tag: string | null }>(sql`select id, inputs ->> 'tag' as tag from runs`),
  }))
  const known = new Set(settled.map(({ key }) => key))
  return {
    isKnown: (key: string): boolean =>
      key.startsWith('degraded-') ||
      known.has(key) ||
      begun.some(({ text }) => text.includes(key) || (key.includes('/') && text.includes(key.replace(/[^/]*$/, '')))),
    hasBegun(path: string): boolean {
      const [, tag, step] = path.split('/')
      const ids = runs.filter((run) => run.tag === tag).map(({ id }) => id)
      return begun.some(({ text }) => text.includes(`"${step}"`) && ids.some((id) => text.includes(id)))
    },
  }
}
