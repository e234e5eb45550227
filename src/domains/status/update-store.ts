// Every statement on updates, on the notices they make of an incident, and on planned work.
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { ComponentStatus } from './component-status.ts'

type UpdateId = Id<'upd'>
export type MaintenanceId = Id<'mnt'>

/** Written once, never changed. `author` is an actor as the record names it. */
export type Update = {
  id: UpdateId
  incidentId: string | null
  maintenanceId: MaintenanceId | null
  number: number
  state: string
  headline: string
  text: string
  whoIsHit: string | null
  whatWeDo: string | null
  whenItEnds: string | null
  whatToSay: string | null
  components: { componentId: string; status: ComponentStatus }[]
  /** Why it went where it went. */
  reason: string
  nextUpdateAt: Instant | null
  /** How long the incident took, when this update ends it. */
  lastedSeconds: number | null
  author: string
  at: Instant
}
/** What is told of one incident: its public name, and when the next word is due. */
export type Notice = { incidentId: string; headline: string; since: Instant; endedAt: Instant | null; nextUpdateAt: Instant | null }
export type Maintenance = {
  id: MaintenanceId
  title: string
  startsAt: Instant
  endsAt: Instant
  componentIds: string[]
  beganAt: Instant | null
  endedAt: Instant | null
  canceledAt: Instant | null
}

const updateColumns = sql`updates.id, updates.incident_id as "incidentId", updates.maintenance_id as "maintenanceId", updates.number, updates.state, updates.headline, updates.text,
  updates.who_is_hit as "whoIsHit", updates.what_we_do as "whatWeDo", updates.when_it_ends as "whenItEnds", updates.what_to_say as "whatToSay",
  updates.components, updates.reason, updates.next_update_at as "nextUpdateAt", updates.lasted_seconds as "lastedSeconds", updates.author, updates.created_at as at`
const noticeColumns = sql`incident_id as "incidentId", headline, since, ended_at as "endedAt", next_update_at as "nextUpdateAt"`
const maintenanceColumns = sql`id, title, starts_at as "startsAt", ends_at as "endsAt", component_ids as "componentIds",
  began_at as "beganAt", ended_at as "endedAt", canceled_at as "canceledAt"`

/** Makes the notice when there is none, and holds it until the end of the transaction: updates of one incident are numbered one by one. */
export const lockNotice = async (scope: Scope, incidentId: string, fresh: { headline: string; since: Instant }): Promise<Notice> =>
  (await scope.first<Notice>(sql`insert into incident_notices (incident_id, headline, since) values (${incidentId}, ${fresh.headline}, ${fresh.since})
    on conflict (incident_id) do update set incident_id = excluded.incident_id returning ${noticeColumns}`))!
export const saveNotice = (scope: Scope, notice: Notice) =>
  scope.query(
    sql`update incident_notices set headline = ${notice.headline}, ended_at = ${notice.endedAt}, next_update_at = ${notice.nextUpdateAt} where incident_id = ${notice.incidentId}`,
  )
export const findNotice = (scope: Scope, incidentId: string) =>
  scope.first<Notice>(sql`select ${noticeColumns} from incident_notices where incident_id = ${incidentId}`)
export const openNotices = (scope: Scope) =>
  scope.query<Notice>(sql`select ${noticeColumns} from incident_notices where ended_at is null order by since`)
/** Notices that touched [from, to). */
export const noticesBetween = (scope: Scope, from: Instant, to: Instant) =>
  scope.query<Notice>(
    sql`select ${noticeColumns} from incident_notices where since < ${to} and (ended_at is null or ended_at >= ${from}) order by since`,
  )
/** Notices with an update on that page: the open ones, and those that ended after `from`; newest first. */
export const noticesOnPage = (scope: Scope, pageId: string, from: Instant) =>
  scope.query<Notice>(sql`select ${noticeColumns} from incident_notices where (ended_at is null or ended_at >= ${from}) and exists (
    select 1 from updates join update_pages on update_id = updates.id where page_id = ${pageId} and updates.incident_id = incident_notices.incident_id)
    order by since desc limit 100`)

export const insertUpdate = async (scope: Scope, update: Omit<Update, 'at'>, pageIds: readonly string[]): Promise<void> => {
  await scope.query(sql`insert into updates (id, incident_id, maintenance_id, number, state, headline, text, who_is_hit, what_we_do, when_it_ends, what_to_say,
      components, reason, next_update_at, lasted_seconds, author, created_at)
    values (${update.id}, ${update.incidentId}, ${update.maintenanceId}, ${update.number}, ${update.state}, ${update.headline}, ${update.text}, ${update.whoIsHit},
      ${update.whatWeDo}, ${update.whenItEnds}, ${update.whatToSay}, ${json(update.components)}::json, ${update.reason}, ${update.nextUpdateAt}, ${update.lastedSeconds}, ${update.author}, ${scope.now})`)
  if (pageIds.length > 0)
    await scope.query(sql`insert into update_pages (update_id, page_id) select ${update.id}, unnest(${pageIds}::text[])`)
}
const updates = (scope: Scope, where: Sql, limit: number) =>
  scope.query<Update>(sql`select ${updateColumns} from updates where ${where} order by created_at desc, number desc limit ${limit}`)
/** By its number: one that waited for the one before it is the newer, though it was begun earlier. */
const latest = (scope: Scope, where: Sql) =>
  scope.first<Update>(sql`select ${updateColumns} from updates where ${where} order by number desc limit 1`)
export const findUpdate = async (scope: Scope, id: string) => (await updates(scope, sql`id = ${id}`, 1))[0]
export const findUpdates = (scope: Scope, ids: readonly string[]) => updates(scope, sql`id = any(${[...ids]}::text[])`, ids.length)
/** Newest first. */
export const updatesOfIncidents = (scope: Scope, incidentIds: readonly string[]) =>
  updates(scope, sql`incident_id = any(${incidentIds}::text[])`, 1000)
/** By their numbers, the newest first. */
export const updatesOfIncident = (scope: Scope, incidentId: string) =>
  scope.query<Update>(sql`select ${updateColumns} from updates where incident_id = ${incidentId} order by number desc limit 1000`)
export const latestOfIncident = (scope: Scope, incidentId: string) => latest(scope, sql`incident_id = ${incidentId}`)
export const latestOfMaintenance = (scope: Scope, id: string) => latest(scope, sql`maintenance_id = ${id}`)
/** The newest update of each, in no order. */
export const latestOfMaintenances = (scope: Scope, ids: readonly string[]) =>
  scope.query<Update>(sql`select distinct on (maintenance_id) ${updateColumns} from updates where maintenance_id = any(${ids}::text[])
    order by maintenance_id, number desc`)
/** Newest first, older than the update `before`; of one moment by their ids, so that none is left out between two pages. */
export const updatesBefore = (scope: Scope, before: string | undefined, limit: number) =>
  scope.query<Update>(sql`select ${updateColumns} from updates
    where ${before ? sql`(created_at, id) < (select created_at, id from updates where id = ${before})` : sql`true`}
    order by created_at desc, id desc limit ${limit}`)
/** What that page shows since `from`, newest first. */
export const updatesOnPage = (scope: Scope, pageId: string, from: Instant, limit: number) =>
  updates(
    scope,
    sql`created_at >= ${from} and exists (select 1 from update_pages where update_id = updates.id and page_id = ${pageId})`,
    limit,
  )
export const pageIdsOfUpdate = async (scope: Scope, updateId: string) =>
  (
    await scope.query<{ pageId: string }>(sql`select page_id as "pageId" from update_pages where update_id = ${updateId} order by page_id`)
  ).map(({ pageId }) => pageId)
export const pageIdsOfIncident = async (scope: Scope, incidentId: string) =>
  (
    await scope.query<{ pageId: string }>(sql`select distinct page_id as "pageId" from update_pages join updates on updates.id = update_id
    where incident_id = ${incidentId}`)
  ).map(({ pageId }) => pageId)
export const pageIdsOfMaintenance = async (scope: Scope, maintenanceId: string) =>
  (
    await scope.query<{ pageId: string }>(sql`select distinct page_id as "pageId" from update_pages join updates on updates.id = update_id
    where maintenance_id = ${maintenanceId}`)
  ).map(({ pageId }) => pageId)

const aboutTheSame = ({ incidentId, maintenanceId }: Pick<Update, 'incidentId' | 'maintenanceId'>) =>
  sql`(updates.incident_id = ${incidentId} or updates.maintenance_id = ${maintenanceId})`
/** The mails of updates about one thing are begun by one transaction at a time. */
export const lockMailing = (scope: Scope, { incidentId, maintenanceId }: Update) =>
  scope.query(sql`select pg_advisory_xact_lock(7475, hashtext(${incidentId ?? maintenanceId}))`)
/** Ids of those before it about the same thing. */
export const earlierUpdates = async (scope: Scope, update: Update): Promise<string[]> =>
  (await scope.query<{ id: string }>(sql`select id from updates where ${aboutTheSame(update)} and number < ${update.number}`)).map(
    ({ id }) => id,
  )
/** The number of the newest update after it about the same thing that the address of this subscriber follows; undefined when there is none. */
export const newerNumberFor = async (scope: Scope, update: Update, subscriberId: string): Promise<number | undefined> =>
  (
    await scope.first<{ number: number }>(sql`select number from updates where ${aboutTheSame(update)} and number > ${update.number}
      and exists (select 1 from update_pages join subscribers on subscribers.page_id = update_pages.page_id where update_id = updates.id
        and confirmed_at is not null and address_hash = (select address_hash from subscribers where id = ${subscriberId}))
      order by number desc limit 1`)
  )?.number

export const insertMaintenance = (scope: Scope, maintenance: Pick<Maintenance, 'id' | 'title' | 'startsAt' | 'endsAt' | 'componentIds'>) =>
  scope.query(sql`insert into maintenances (id, title, starts_at, ends_at, component_ids, created_at) values (${maintenance.id}, ${maintenance.title},
    ${maintenance.startsAt}, ${maintenance.endsAt}, ${json(maintenance.componentIds)}::json, ${scope.now})`)
export const saveMaintenance = (scope: Scope, maintenance: Pick<Maintenance, 'id' | 'beganAt' | 'endedAt' | 'canceledAt'>) =>
  scope.query(
    sql`update maintenances set began_at = ${maintenance.beganAt}, ended_at = ${maintenance.endedAt}, canceled_at = ${maintenance.canceledAt} where id = ${maintenance.id}`,
  )
export const findMaintenance = (scope: Scope, id: string) =>
  scope.first<Maintenance>(sql`select ${maintenanceColumns} from maintenances where id = ${id}`)
/** The same, held against every other change until this transaction ends. */
export const lockMaintenance = (scope: Scope, id: string) =>
  scope.first<Maintenance>(sql`select ${maintenanceColumns} from maintenances where id = ${id} for update`)
export const findMaintenances = (scope: Scope, ids: readonly string[]) =>
  scope.query<Maintenance>(sql`select ${maintenanceColumns} from maintenances where id = any(${ids}::text[])`)
/** The components of which updates of an incident have said how they are. */
export const componentsOfIncident = async (scope: Scope, incidentId: string): Promise<string[]> =>
  (
    await scope.query<{ id: string }>(sql`select distinct named."componentId" as id from updates
      cross join lateral json_to_recordset(components) as named ("componentId" text) where incident_id = ${incidentId}`)
  ).map(({ id }) => id)

/** That something says how a component is. */
export type Said = { componentId: string; status: ComponentStatus; holder: string }

/**
 * What open incidents, by their last update that names it, and running planned work say of these components since each of them worked last. What was said
 * of an incident up to its end is over with it, also when it has come back since: then it says so again.
 */
export const saidSinceItWorked = (scope: Scope, componentIds: readonly string[], except: string) =>
  scope.query<Said>(sql`
    with wanted as (select id, (select max(at) from component_changes where component_id = id and status = 'works') as worked_at
        from unnest(${[...componentIds]}::text[]) as id),
      by_incident as (select distinct on (wanted.id, updates.incident_id) wanted.id, wanted.worked_at, updates.incident_id as holder, named.status, updates.created_at as at
        from incident_notices join updates using (incident_id)
        cross join lateral json_to_recordset(updates.components) as named ("componentId" text, status text) join wanted on wanted.id = named."componentId"
        where incident_notices.ended_at is null and not exists (select 1 from updates as ending where ending.incident_id = updates.incident_id
          and ending.number >= updates.number and ending.lasted_seconds is not null)
        order by wanted.id, updates.incident_id, updates.number desc),
      by_work as (select wanted.id, wanted.worked_at, maintenances.id as holder, 'maintenance' as status, began_at as at
        from maintenances cross join lateral json_array_elements_text(component_ids) as named (id) join wanted on wanted.id = named.id
        where began_at is not null and ended_at is null and canceled_at is null)
    select id as "componentId", status, holder from (select * from by_incident union all select * from by_work) as said
    where holder <> ${except} and status <> 'works' and (worked_at is null or at >= worked_at) order by id, at, holder`)

/** What other open incidents say of these components, each by its last update that names it. */
export const saidByOthers = (scope: Scope, componentIds: readonly string[], except: string) =>
  scope.query<Said & { at: Instant }>(sql`
    select distinct on (named."componentId", updates.incident_id) named."componentId", updates.incident_id as holder, named.status, updates.created_at as at
      from incident_notices join updates using (incident_id)
      cross join lateral json_to_recordset(updates.components) as named ("componentId" text, status text)
      where incident_notices.ended_at is null and incident_id <> ${except} and named."componentId" = any(${[...componentIds]}::text[])
      order by named."componentId", updates.incident_id, updates.number desc`)

/** What ends, ended or was called off after `from`: the 200 that begin last, soonest first. */
export const maintenancesSince = async (scope: Scope, from: Instant) =>
  (
    await scope.query<Maintenance>(
      sql`select ${maintenanceColumns} from maintenances where coalesce(ended_at, canceled_at, ends_at) >= ${from} order by starts_at desc limit 200`,
    )
  ).reverse()
