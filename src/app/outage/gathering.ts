// Gathers who is to be told of what while the database is away: an outage that lasts for some seconds only tells nobody, and nobody gets more than one
// message a minute, however much comes in.
import type { UserId } from '#kernel/actor.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { IntegrationId } from '#domains/alerts/index.ts'
import type { Foreseen, Person } from './last-known.ts'

/** For so long an alert waits for the database: most outages are a fail-over. */
const patienceSeconds = 20
const pauseSeconds = 60
/** Whoever was told of what was over for so long, and begins anew, is told again: it is another one. */
const overSeconds = 300
/** More groups than this are not told apart any more: who is on call has heard that there is a storm. */
const mostGroups = 10_000

/** `open`: the alerts of the group that are not over yet, by integration and key; it goes on changing. */
type ToldGroup = {
  groupKey: string
  title: string
  service: string
  since: Instant
  integrationId: IntegrationId
  open: ReadonlySet<string>
}
export type Told = { person: Person; alerts: ToldGroup[] }

export type Gathering = {
  /** One that triggers. What was heard before is heard once, unless it had been over for some minutes. */
  triggered(alert: { integrationId: IntegrationId; dedupKey: string; at: Instant }, foresee: () => Foreseen | undefined): void
  /** One that was resolved, or acknowledged at its source. */
  over(alert: { integrationId: IntegrationId; dedupKey: string; at: Instant }): void
  /** An earlier process has told somebody of these groups. Answers what it said; undefined when nothing is known of it. */
  wasTold(userId: UserId, groupKeys: readonly string[]): Told | undefined
  /** Somebody has these groups: nobody else is told of them. */
  taken(groupKeys: readonly string[]): void
  /** Who is to be told now, and of what. They are not given again. */
  due(now: Instant): Told[]
  /** The database is back. */
  clear(): void
}

/** `overAt`: since when none of it is open. */
type Group = Foreseen & {
  since: Instant
  integrationId: IntegrationId
  open: Set<string>
  untold: Set<UserId>
  overAt?: Instant | undefined
}

/** An alert by integration and key; no id holds a space. */
export const placeOf = (integrationId: IntegrationId, dedupKey: string): string => `${integrationId} ${dedupKey}`
export const partsOf = (place: string): { integrationId: IntegrationId; dedupKey: string } => {
  const space = place.indexOf(' ')
  return { integrationId: place.slice(0, space) as IntegrationId, dedupKey: place.slice(space + 1) }
}

export function createGathering(): Gathering {
  const groups = new Map<string, Group>()
  const groupOf = new Map<string, Group | undefined>()
  const lastTold = new Map<UserId, Instant>()

  return {
    triggered({ integrationId, dedupKey, at }, foresee) {
      const place = placeOf(integrationId, dedupKey)
      const before = groupOf.get(place)
      if (groupOf.has(place) && !isLongOver(before, at)) return open(before, place)
      if (groups.size >= mostGroups) return
      const foreseen = foresee()
      let group = foreseen && groups.get(foreseen.groupKey)
      if (foreseen && (!group || isLongOver(group, at))) {
        group = { ...foreseen, since: at, integrationId, open: new Set(), untold: new Set(foreseen.people.map(({ userId }) => userId)) }
        groups.set(foreseen.groupKey, group)
      }
      open(group, place)
      groupOf.set(place, group)
    },

    over({ integrationId, dedupKey, at }) {
      const place = placeOf(integrationId, dedupKey)
      const group = groupOf.get(place)
      if (group?.open.delete(place) && group.open.size === 0) group.overAt = at
    },

    wasTold(userId, groupKeys) {
      const known = groupKeys.flatMap((groupKey) => groups.get(groupKey) ?? [])
      for (const { untold } of known) untold.delete(userId)
      const person = known.flatMap(({ people }) => people).find((one) => one.userId === userId)
      return person && { person, alerts: known.map(toldOf) }
    },

    taken(groupKeys) {
      for (const groupKey of groupKeys) groups.get(groupKey)?.untold.clear()
    },

    due(now) {
      const told = new Map<UserId, Told>()
      for (const group of groups.values()) {
        const { people, open, untold, since } = group
        if (open.size === 0 || untold.size === 0 || addSeconds(since, patienceSeconds) > now) continue
        for (const person of people) {
          const last = lastTold.get(person.userId)
          if (!untold.has(person.userId) || (last !== undefined && addSeconds(last, pauseSeconds) > now)) continue
          untold.delete(person.userId)
          const entry = told.get(person.userId) ?? { person, alerts: [] }
          entry.alerts.push(toldOf(group))
          told.set(person.userId, entry)
        }
      }
      for (const userId of told.keys()) lastTold.set(userId, now)
      return [...told.values()]
    },

    clear() {
      groups.clear()
      groupOf.clear()
      lastTold.clear()
    },
  }
}

const isLongOver = (group: Group | undefined, at: Instant): boolean =>
  group?.overAt !== undefined && addSeconds(group.overAt, overSeconds) <= at

function open(group: Group | undefined, place: string): void {
  if (!group) return
  group.open.add(place)
  group.overAt = undefined
}

const toldOf = ({ groupKey, title, service, since, integrationId, open }: Group): ToldGroup => ({
  groupKey,
  title,
  service,
  since,
  integrationId,
  open,
})
