// What happened in a stretch of time, read from the record through the walls of whoever asks. The only reader of data in this slice.
import type { EventDefinition, EventRecord } from '#kernel/event.ts'
import type { Id } from '#kernel/ids.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { secondsBetween, type Instant } from '#kernel/time.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { alertTriggered, groupAcknowledged, groupOpened, groupResolved } from '#domains/alerts/index.ts'
import { listServices, listTeams, type Service } from '#domains/directory/index.ts'
import { findIncidents, incidentOpened, type Incident } from '#domains/incidents/index.ts'
import { personPaged } from '#domains/oncall/index.ts'
import { countByQuarter, positionBefore, readEvents } from '#platform/events/read.ts'

/** Half open: [from, to). */
export type Window = { from: Instant; to: Instant }
/** With a position that every event before it lies behind. */
type Place = Window & { behind: number }
/** Only what belongs to that team or service; slugs. */
export type Only = { team?: string | undefined; service?: string | undefined }

export type GroupFacts = {
  groupId: string
  serviceId: Id<'svc'> | null
  openedAt: Instant
  /** It paged somebody, or would have. */
  paged: boolean
  acknowledgedAfter: number | null
  resolvedAfter: number | null
  resolvedBy: 'source' | 'person' | 'expiry' | null
}
export type IncidentFacts = {
  id: string
  number: number
  serviceIds: Id<'svc'>[]
  severity: string
  openedAt: Instant
  resolvedAfter: number | null
}
export type PageFacts = { userId: string; at: Instant }
/** So many alerts in the quarter of an hour that began then. */
type AlertFacts = { at: Instant; count: number }
export type Log = { groups: GroupFacts[]; incidents: IncidentFacts[]; pages: PageFacts[]; alerts: AlertFacts[]; services: Service[] }

/** Events of one kind that are read at most, the newest ones. */
const readAtMost = 100_000

/** Everything that figures are made of. Rows of teams that the scope does not see are not counted. */
export async function readLog(scope: Scope, window: Window, only: Only): Promise<Log> {
  const services = await listServices(scope, { team: only.team, limit: 10_000 })
  const chosen = only.service ? services.filter(({ slug }) => slug === only.service) : services
  const narrowed = only.team !== undefined || only.service !== undefined
  const teamId = only.team ? (await listTeams(scope, undefined, 10_000)).find(({ slug }) => slug === only.team)?.id : undefined
  const wanted = new Set<string>(chosen.map(({ id }) => id))
  const isWanted = (serviceIds: readonly (string | null)[], team: string | null) =>
    !narrowed ||
    serviceIds.some((id) => id !== null && wanted.has(id)) ||
    (only.service === undefined && teamId !== undefined && team === teamId)
  const seen = new Set<string>(services.map(({ id }) => id))

  const place = { ...window, behind: await positionBefore(scope, window.from) }
  const opened = (await of(scope, groupOpened, place, visible(scope, sql`(data ->> 'teamId')`))).filter(({ data }) =>
    isWanted([data.serviceId], data.teamId),
  )
  const groups = await withOutcomes(scope, opened)
  const incidents = await incidentsOf(scope, place, (incident) => isWanted(incident.serviceIds, incident.teamId))
  const alerts = (await countByQuarter(scope, within(alertTriggered, place), sql`data ->> 'serviceId'`)).filter(({ key: service }) =>
    service === null ? !narrowed : narrowed ? wanted.has(service) : seen.has(service),
  )
  const pages = await pagesOf(
    scope,
    place,
    narrowed ? new Set([...opened.map(({ data }) => data.groupId as string), ...incidents.map(({ id }) => id)]) : undefined,
  )
  return { groups, incidents, pages, alerts, services: chosen }
}

const within = ({ type }: { type: string }, { from, to, behind }: Place): Sql =>
  sql`type = ${type} and position > ${behind} and at >= ${from} and at < ${to}`

async function of<Data>(scope: Scope, definition: EventDefinition<Data>, place: Place, and: Sql = sql`true`): Promise<EventRecord<Data>[]> {
  const rows = await readEvents(scope, sql`${within(definition, place)} and ${and}`, readAtMost)
  return (rows as EventRecord<Data>[]).reverse()
}

type Opened = EventRecord<{ groupId: Id<'grp'>; serviceId: Id<'svc'> | null; pages: boolean }>

async function withOutcomes(scope: Scope, opened: readonly Opened[]): Promise<GroupFacts[]> {
  const ids = opened.map(({ data }) => data.groupId as string)
  // Whenever it was, also behind the stretch: of each group the first one, for the newest come first.
  const firstOf = async <Data extends { groupId: string }>({ type }: EventDefinition<Data>) => {
    const events = await readEvents(scope, sql`type = ${type} and subject = any(${ids}::text[])`, readAtMost)
    return new Map((events as EventRecord<Data>[]).map((event) => [event.data.groupId, event]))
  }
  const acknowledged = await firstOf(groupAcknowledged)
  const resolved = await firstOf(groupResolved)
  return opened.map(({ at, data: { groupId, serviceId, pages } }) => {
    const [answer, end] = [acknowledged.get(groupId), resolved.get(groupId)]
    return {
      groupId,
      serviceId,
      openedAt: at,
      paged: pages,
      acknowledgedAfter: answer ? answer.data.afterSeconds : null,
      resolvedAfter: end ? secondsBetween(at, end.at) : null,
      resolvedBy: end ? end.data.by : null,
    }
  })
}

async function incidentsOf(scope: Scope, place: Place, isWanted: (incident: Incident) => boolean): Promise<IncidentFacts[]> {
  const ids = (await of(scope, incidentOpened, place)).map(({ data }) => data.incidentId)
  const found = (await findIncidents(scope, ids)).filter((incident) => incident.stateKind !== 'cancelled' && isWanted(incident))
  return found.map(({ id, number, serviceIds, severity, openedAt, occurredAt, resolvedAt }) => ({
    id,
    number,
    serviceIds,
    severity,
    openedAt,
    resolvedAfter: resolvedAt ? secondsBetween(occurredAt ?? openedAt, resolvedAt) : null,
  }))
}

/** Each person once per page, however often it came round. `about` narrows to pages about these groups and incidents. */
async function pagesOf(scope: Scope, place: Place, about: ReadonlySet<string> | undefined): Promise<PageFacts[]> {
  const events = await of(scope, personPaged, place)
  const groups = [...new Set(events.flatMap((event) => event.about['group'] ?? []))]
  const incidents = [...new Set(events.flatMap((event) => event.about['incident'] ?? []))]
  const open = new Set(
    (
      await readEvents(
        scope,
        sql`type = ${groupOpened.type} and subject = any(${groups}::text[]) and ${visible(scope, sql`(data ->> 'teamId')`)}`,
        readAtMost,
      )
    ).map((event) => event.about['group']!),
  )
  for (const { id } of await findIncidents(scope, incidents)) open.add(id)
  const told = new Set<string>()
  return events.flatMap((event) => {
    const subjects = [event.about['group'], event.about['incident']].filter((id) => id !== undefined)
    const isSeen = subjects.every((id) => open.has(id)) && (about === undefined || subjects.some((id) => about.has(id)))
    const key = `${event.data.pageId} ${event.data.userId}`
    if (!isSeen || told.has(key)) return []
    told.add(key)
    return [{ userId: event.data.userId, at: event.at }]
  })
}
