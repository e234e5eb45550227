// Every statement on alerts and alert groups.
import type { TeamId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { allOfThem, gatherByKey } from '#kernel/gather.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import type { AlertSeverity } from '#kernel/signal.ts'
import { empty, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { AlertId, GroupId, IntegrationId } from './events.ts'

import type { AlertState } from './alert.ts'
import { isBehind } from './backlog-store.ts'
export type { AlertState }
type Link = { href: string; text: string }
export type TraceStep = { rule: string; applied: boolean; reason: string; at: Instant }

export type AlertRow = {
  id: AlertId
  integrationId: IntegrationId
  integrationName: string
  dedupKey: string
  state: AlertState
  severity: AlertSeverity
  title: string
  body: string
  labels: Record<string, string>
  details: unknown
  links: Link[]
  serviceId: Id<'svc'> | null
  serviceSlug: string | null
  serviceName: string | null
  teamId: TeamId | null
  groupId: GroupId | null
  count: number
  reason: string
  trace: TraceStep[]
  startedAt: Instant
  firstAt: Instant
  lastAt: Instant
  endsAt: Instant | null
  acknowledgedAt: Instant | null
  acknowledgedBy: string | null
  snoozedUntil: Instant | null
  resolvedAt: Instant | null
}

export type Group = {
  id: GroupId
  route: string | null
  groupKey: string
  title: string
  severity: AlertSeverity
  state: 'triggered' | 'acknowledged' | 'resolved'
  serviceId: Id<'svc'> | null
  serviceSlug: string | null
  serviceName: string | null
  teamId: TeamId | null
  policy: string | null
  reason: string
  labels: Record<string, string>
  links: Link[]
  alertCount: number
  openCount: number
  openedAt: Instant
  acknowledgedAt: Instant | null
  acknowledgedBy: string | null
  resolvedAt: Instant | null
  changedAt: Instant
}

/** A row of a list: all but the rules that were tried. */
export type ListedAlert = Omit<AlertRow, 'trace'>

export const listedColumns = sql`alerts.id, alerts.integration_id as "integrationId", integrations.name as "integrationName", alerts.dedup_key as "dedupKey", alerts.state, alerts.severity,
  alerts.title, alerts.body, alerts.labels, alerts.details, alerts.links, alerts.service_id as "serviceId", services.slug as "serviceSlug", services.name as "serviceName",
  alerts.team_id as "teamId", alerts.group_id as "groupId", alerts.count, alerts.reason, alerts.started_at as "startedAt", alerts.first_at as "firstAt",
  alerts.last_at as "lastAt", alerts.ends_at as "endsAt", alerts.acknowledged_at as "acknowledgedAt", alerts.acknowledged_by as "acknowledgedBy",
  alerts.snoozed_until as "snoozedUntil", alerts.resolved_at as "resolvedAt"`
const alertColumns = sql`${listedColumns}, alerts.trace`
export const alertTables = sql`alerts join integrations on integrations.id = alerts.integration_id left join services on services.id = alerts.service_id`
export const groupColumns = sql`g.id, g.route, g.group_key as "groupKey", g.title, g.severity, g.state, g.service_id as "serviceId", services.slug as "serviceSlug", services.name as "serviceName",
  g.team_id as "teamId", g.policy, g.reason, g.labels, g.links, g.alert_count as "alertCount", g.open_count as "openCount", g.opened_at as "openedAt",
  g.acknowledged_at as "acknowledgedAt", g.acknowledged_by as "acknowledgedBy", g.resolved_at as "resolvedAt", g.changed_at as "changedAt"`
export const groupTables = sql`alert_groups g left join services on services.id = g.service_id`

export const findAlert = (scope: Scope, id: string) =>
  scope.first<AlertRow>(sql`select ${alertColumns} from ${alertTables} where alerts.id = ${id} and ${visible(scope, sql`alerts.team_id`)}`)
/** In the order of their ids, so that two of these never wait for each other. */
export const lockAlerts = (scope: Scope, ids: readonly AlertId[]) =>
  scope.query<AlertRow>(sql`select ${alertColumns} from ${alertTables} where alerts.id = any(${ids as string[]}::text[]) and ${visible(scope, sql`alerts.team_id`)}
    order by alerts.id for update of alerts`)

/**
 * The open alerts with these keys, locked, in the order of their ids so that two batches never wait for each other. Each is looked for by its key, whatever
 * the database believes: of a table that it has not counted yet it would read all that is open.
 */
export const lockOpen = (scope: Scope, integrationIds: string[], keys: string[]) =>
  scope.query<{
    id: AlertId
    integrationId: IntegrationId
    dedupKey: string
    state: AlertState
    severity: AlertSeverity
    groupId: GroupId | null
    endsAt: Instant | null
    firstAt: Instant
    heardAt: Instant | null
  }>(sql`
    select locked.* from (select found.id from unnest(${integrationIds}::text[], ${keys}::text[]) as wanted (integration_id, dedup_key)
        cross join lateral (select id from alerts where integration_id = wanted.integration_id and dedup_key = wanted.dedup_key and state <> 'resolved' limit 1) as found
        order by found.id) as known
      cross join lateral (select id, integration_id as "integrationId", dedup_key as "dedupKey", state, severity, group_id as "groupId", ends_at as "endsAt", first_at as "firstAt", heard_at as "heardAt"
        from alerts where id = known.id and state <> 'resolved' limit 1 for update) as locked`)

/** `firstAt`, `heardAt`: when it came, and when its source said it last, if that was before now. `mayInhibit`: see `marks.ts`. */
export type NewAlert = Pick<
  AlertRow,
  | 'id'
  | 'integrationId'
  | 'dedupKey'
  | 'state'
  | 'severity'
  | 'title'
  | 'body'
  | 'labels'
  | 'details'
  | 'links'
  | 'serviceId'
  | 'teamId'
  | 'count'
  | 'startedAt'
  | 'lastAt'
  | 'endsAt'
  | 'acknowledgedAt'
  | 'resolvedAt'
> & { images: unknown[]; firstAt?: Instant; heardAt?: Instant; mayInhibit?: boolean | null }

/** An alert as far as a decision needs it. */
export type Undecided = Pick<
  AlertRow,
  | 'id'
  | 'integrationId'
  | 'integrationName'
  | 'dedupKey'
  | 'state'
  | 'severity'
  | 'title'
  | 'body'
  | 'labels'
  | 'links'
  | 'serviceSlug'
  | 'teamId'
  | 'firstAt'
>

/** One that is held back, with the sentence that says by what. */
export type Held = Undecided & Pick<AlertRow, 'reason'>

/** How many alerts are held back, and so many of them from one on, not locked. */
export const countHeld = async (scope: Scope) =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from alerts where state = 'suppressed'`))!.count
export const readHeld = (scope: Scope, from: number, limit: number) =>
  scope.query<Held>(sql`select its.* from (select id from alerts where state = 'suppressed' order by last_at desc, id desc offset ${from} limit ${limit}) as held
    cross join lateral (select ${listedColumns} from ${alertTables} where alerts.id = held.id offset 0) as its`)

// What is searched for a text.
const searched = sql`lower(title || chr(10) || dedup_key)`

/** Stores new alerts, each with what was decided about it, or without. What was decided wins over what the alert came with. */
export const insertAlerts = (scope: Scope, alerts: (NewAlert & { decided?: Decided })[]) => {
  const rows = alerts.map(({ decided, ...alert }) =>
    decided
      ? {
          ...alert,
          state: decided.state,
          reason: decided.reason,
          trace: decided.trace,
          groupId: decided.groupId,
          snoozedUntil: decided.snoozedUntil,
          serviceId: alert.serviceId ?? decided.serviceId,
          teamId: alert.teamId ?? decided.teamId,
        }
      : {
          ...alert,
          reason: alert.state === 'resolved' ? 'It was over when it was read.' : 'Not decided yet.',
          trace: [],
          groupId: null,
          snoozedUntil: null,
        },
  )
  return scope.query(sql`with fresh as (insert into alerts (id, integration_id, dedup_key, state, severity, title, body, labels, details, links, images, service_id, team_id, group_id, count, reason, trace,
      started_at, first_at, last_at, heard_at, ends_at, acknowledged_at, snoozed_until, resolved_at, may_inhibit)
    select id, "integrationId", "dedupKey", state, severity, title, body, labels, details, links, images, "serviceId", "teamId", "groupId", count, reason, trace, "startedAt", coalesce("firstAt", ${scope.now}), "lastAt", coalesce("heardAt", ${scope.now}), "endsAt", "acknowledgedAt", "snoozedUntil", "resolvedAt", "mayInhibit"
    from json_to_recordset(${json(rows)}::json) as row (id text, "integrationId" text, "dedupKey" text, state text, severity text, title text, body text, labels json, details json, links json, images json,
      "serviceId" text, "teamId" text, "groupId" text, count int, reason text, trace json, "startedAt" timestamptz, "firstAt" timestamptz, "lastAt" timestamptz, "heardAt" timestamptz, "endsAt" timestamptz, "acknowledgedAt" timestamptz, "snoozedUntil" timestamptz, "resolvedAt" timestamptz, "mayInhibit" boolean)
      returning id, title, dedup_key)
    insert into alert_texts (alert_id, text) select id, ${searched} from fresh`)
}

export type Repeat = {
  id: AlertId
  count: number
  state: AlertState | null
  severity: AlertSeverity | null
  title: string | null
  body: string | null
  endsAt: Instant | null
  resolvedAt: Instant | null
  acknowledgedAt: Instant | null
  heardAt: Instant | null
  /** How it ended. */
  over: string | null
}

/** What a person did to an alert, as its reason: it says so no longer when the alert is over. Why it paged, or paged nobody, stays. */
export const byAPerson = { acknowledged: 'Acknowledged.', givenBack: 'Given back: pages again.' }
/** How it ended, by whom. */
export const howOver = { source: 'Resolved by its source.', expiry: 'It ended: its source no longer repeats it.' }
const reasonWhenOver = (how: Sql): Sql =>
  sql`case when alerts.reason = any(${Object.values(byAPerson)}::text[]) then ${how} else alerts.reason end`

/** What was said again about open alerts; null keeps what stands. */
export const updateAlerts = (scope: Scope, changes: Repeat[]) =>
  scope.query(sql`with changed as (update alerts set count = alerts.count + row.count, last_at = ${scope.now}, state = coalesce(row.state, alerts.state), severity = coalesce(row.severity, alerts.severity),
      title = coalesce(row.title, alerts.title), body = coalesce(row.body, alerts.body), ends_at = coalesce(row."endsAt", alerts.ends_at),
      resolved_at = coalesce(row."resolvedAt", alerts.resolved_at), acknowledged_at = coalesce(alerts.acknowledged_at, row."acknowledgedAt"),
      heard_at = greatest(alerts.heard_at, row."heardAt"),
      may_inhibit = case when row.severity <> alerts.severity then null else alerts.may_inhibit end,
      reason = case when row.over is null then alerts.reason else ${reasonWhenOver(sql`row.over`)} end,
      snoozed_until = case when row.over is null then alerts.snoozed_until end
    from json_to_recordset(${json(changes)}::json) as row (id text, count int, state text, severity text, title text, body text, "endsAt" timestamptz, "resolvedAt" timestamptz, "acknowledgedAt" timestamptz, "heardAt" timestamptz, over text)
      where alerts.id = row.id returning alerts.id, alerts.title, alerts.dedup_key)
    update alert_texts set text = ${searched} from changed where alert_id = changed.id and text <> ${searched}`)

/** Takes those of these alerts that nobody has out of groups of what is for information only. Answers them, with the groups that they were in. */
export const leaveInfoGroups = (scope: Scope, ids: readonly AlertId[]) =>
  scope.query<{ id: AlertId; groupId: GroupId }>(sql`update alerts set group_id = null from alert_groups
    where alerts.id = any(${[...ids]}::text[]) and alerts.state = 'triggered' and alert_groups.id = alerts.group_id and alert_groups.group_key like ${`${infoGroupKey('')}%`}
    returning alerts.id, alert_groups.id as "groupId"`)

/** The key of the group of what is for information only and would be in a group with this key. */
export const infoGroupKey = (groupKey: string): string => `info ${groupKey}`

export type Decided = {
  id: AlertId
  state: AlertState
  reason: string
  trace: TraceStep[]
  groupId: GroupId | null
  serviceId: string | null
  teamId: TeamId | null
  snoozedUntil: Instant | null
}

/** Writes what was decided about alerts. A service or team that an alert has already is kept. */
export const setDecisions = (scope: Scope, decided: readonly Decided[]) =>
  scope.query(sql`update alerts set state = row.state, reason = row.reason, trace = row.trace, group_id = coalesce(row."groupId", alerts.group_id), snoozed_until = row."snoozedUntil",
      service_id = coalesce(alerts.service_id, row."serviceId"), team_id = coalesce(alerts.team_id, row."teamId")
    from json_to_recordset(${json(decided)}::json) as row (id text, state text, reason text, trace json, "groupId" text, "serviceId" text, "teamId" text, "snoozedUntil" timestamptz) where alerts.id = row.id`)

export const setAlertsOfGroup = (
  scope: Scope,
  groupId: GroupId,
  change: { state: AlertState; from: AlertState[]; reason: string; acknowledgedBy?: string | null; resolvedAt?: Instant },
) =>
  scope.query<{ id: AlertId }>(sql`update alerts set state = ${change.state}, reason = ${change.reason}, last_at = ${scope.now},
      ${change.state === 'resolved' ? empty : sql`acknowledged_at = ${change.state === 'acknowledged' ? scope.now : null}::timestamptz, acknowledged_by = ${change.acknowledgedBy ?? null},`}
      snoozed_until = null, resolved_at = ${change.resolvedAt ?? null}
    where group_id = ${groupId} and state = any(${change.from}::text[]) returning id`)

/** Who has a group has snoozed it: so are its alerts. */
export const setSnoozed = (scope: Scope, groupId: GroupId, until: Instant) =>
  scope.query(sql`update alerts set snoozed_until = ${until} where group_id = ${groupId} and state = 'acknowledged'`)

/** Ends that were still to come then come later, by the time that has passed since. */
export const putOffEnds = (scope: Scope, since: Instant) =>
  scope.query(sql`update alerts set ends_at = ends_at + (${scope.now}::timestamptz - ${since}::timestamptz)
    where id in (select id from alerts where state <> 'resolved' and ends_at > ${since} order by id for update)`)

/** Resolves what has run out. What its integration has said since may wait to be read: then it goes on. */
export const expired = (scope: Scope, limit: number) =>
  scope.query<{
    id: AlertId
    groupId: GroupId | null
  }>(sql`update alerts set state = 'resolved', resolved_at = ${scope.now}, last_at = ${scope.now}, snoozed_until = null, reason = ${reasonWhenOver(sql`${howOver.expiry}::text`)}
    where id in (select id from alerts where state <> 'resolved' and ends_at <= ${scope.now} and not ${isBehind(sql`alerts.integration_id`)} order by ends_at limit ${limit} for update skip locked) returning id, group_id as "groupId"`)
export const findGroup = gatherByKey(
  (scope: Scope, ids: string[]) =>
    scope.query<Group>(
      sql`select ${groupColumns} from ${groupTables} where g.id = any(${ids}::text[]) and ${visible(scope, sql`g.team_id`)}`,
    ),
  ({ id }) => id,
)
export const lockGroup = (scope: Scope, id: string) =>
  scope.first<Group>(
    sql`select ${groupColumns} from ${groupTables} where g.id = ${id} and ${visible(scope, sql`g.team_id`)} for update of g`,
  )
/** The open groups with these keys, locked, and nobody else opens one of them before this transaction ends. */
export const lockOpenGroups = async (scope: Scope, groupKeys: readonly string[]) => {
  const keys = groupKeys as string[]
  const locked = scope.query(
    sql`select pg_advisory_xact_lock(7471, lock) from (select distinct hashtext(key) as lock from unnest(${keys}::text[]) as key order by 1) as ordered`,
  )
  // A statement of its own, begun when the locks are held: it sees what whoever held them before has committed.
  const read = scope.query<Group>(
    sql`select ${groupColumns} from ${groupTables} where g.group_key = any(${keys}::text[]) and g.state <> 'resolved' order by g.id for update of g`,
  )
  const [, rows] = await allOfThem([locked, read])
  return new Map(rows.map((group) => [group.groupKey, group]))
}
/** The keys of the newest groups that are not over. */
export const openGroupKeys = async (scope: Scope, most: number): Promise<Set<string>> =>
  new Set(
    (
      await scope.query<{ key: string }>(
        sql`select group_key as key from alert_groups where state <> 'resolved' order by opened_at desc limit ${most}`,
      )
    ).map(({ key }) => key),
  )
export const insertGroups = (scope: Scope, fresh: readonly Group[]) =>
  scope.query(sql`insert into alert_groups (id, route, group_key, title, severity, state, service_id, team_id, policy, reason, labels, links, alert_count, open_count, opened_at, changed_at)
    select id, route, "groupKey", title, severity, state, "serviceId", "teamId", policy, reason, labels, links, "alertCount", "openCount", ${scope.now}, ${scope.now}
    from json_to_recordset(${json(fresh)}::json) as row (id text, route text, "groupKey" text, title text, severity text, state text, "serviceId" text, "teamId" text, policy text, reason text,
      labels json, links json, "alertCount" int, "openCount" int)`)
type Saved = Pick<Group, 'id' | 'state' | 'severity' | 'acknowledgedAt' | 'acknowledgedBy' | 'resolvedAt' | 'alertCount' | 'openCount'>
export const saveGroups = (scope: Scope, changed: readonly Saved[]) =>
  scope.query(sql`update alert_groups g set state = row.state, severity = row.severity, acknowledged_at = row."acknowledgedAt", acknowledged_by = row."acknowledgedBy",
      resolved_at = row."resolvedAt", alert_count = row."alertCount", open_count = row."openCount", changed_at = ${scope.now}
    from json_to_recordset(${json(changed)}::json) as row (id text, state text, severity text, "acknowledgedAt" timestamptz, "acknowledgedBy" text, "resolvedAt" timestamptz, "alertCount" int, "openCount" int)
    where g.id = row.id`)
export const saveGroup = (scope: Scope, group: Saved) => saveGroups(scope, [group])
export const countOpenIn = async (scope: Scope, groupId: GroupId) =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from alerts where group_id = ${groupId} and state <> 'resolved'`))!
    .count
/** Until when whoever has a group now has snoozed it; undefined when they have not. */
export const snoozedUntil = async (scope: Scope, groupId: string): Promise<Instant | undefined> =>
  (await findSnoozed(scope, groupId))?.until
const findSnoozed = gatherByKey(
  (scope: Scope, ids: string[]) =>
    scope.query<{ id: string; until: Instant }>(sql`select g.id, its.until from alert_groups g
      cross join lateral (select e.data ->> 'until' as until from events e
        where e.about ->> 'group' = g.id and e.type = 'group.snoozed' and e.at >= g.acknowledged_at order by e.position desc limit 1) as its
      where g.id = any(${ids}::text[])`),
  ({ id }) => id,
)
/** Those of these groups that are not over, behind walls too, each with whether the scope sees it: for whoever counts them and shows none. */
export const openAmong = (scope: Scope, groupIds: readonly string[]) =>
  scope.query<{ id: GroupId; seen: boolean }>(
    sql`select g.id, ${visible(scope, sql`g.team_id`)} as seen from alert_groups g where g.id = any(${[...groupIds]}::text[]) and g.state <> 'resolved'`,
  )
/** Whether any of these groups is not over. */
export const isAnyOpen = async (scope: Scope, groupIds: readonly string[]): Promise<boolean> =>
  (await scope.first(sql`select 1 from alert_groups where id = any(${[...groupIds]}::text[]) and state <> 'resolved' limit 1`)) !==
  undefined
