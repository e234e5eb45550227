// Every statement on schedules, their overrides, and escalation policies.
import type { TeamId } from '#kernel/actor.ts'
import { gatherByKey, gatherRows } from '#kernel/gather.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { OverrideId, PolicyId, ScheduleId } from './events.ts'
import type { Level } from './policy.ts'
import type { Layer, Override, Person, Schedule } from './schedule.ts'

type TeamRef = { id: TeamId; slug: string; name: string }
export type ScheduleRow = Schedule & { id: ScheduleId; team: TeamRef | null; changedAt: Instant; gone: ReadonlyMap<Person, Instant> }
export type PolicyRow = {
  id: PolicyId
  slug: string
  name: string
  team: TeamRef | null
  levels: Level[]
  repeat: number
  ackTimeoutSeconds: number | null
  changedAt: Instant
}
export type OverrideRow = { id: OverrideId; scheduleId: ScheduleId; override: Override; madeAt: Instant; removedAt: Instant | null }

type WithTeam<Row> = Omit<Row, 'team'> & { teamId: TeamId | null; teamSlug: string | null; teamName: string | null }
const withTeam = <Row>({ teamId, teamSlug, teamName, ...rest }: WithTeam<Row>) =>
  ({ ...rest, team: teamId && teamSlug && teamName ? { id: teamId, slug: teamSlug, name: teamName } : null }) as Row

/** An override of a schedule with since when whom it puts on call is disabled, or somebody else who is. */
type Found =
  | { scheduleId: ScheduleId; definition: Override; handle: null; since: Instant | null }
  | { scheduleId: null; definition: null; handle: Person; since: Instant }

/**
 * Overrides that end after `endsAfter` come with their schedule: older ones change nothing that is still asked. In the same statement come those whom
 * either names and who were disabled.
 */
async function schedules(scope: Scope, where: Sql, endsAfter: Instant): Promise<ScheduleRow[]> {
  const rows = await scope.query<WithTeam<Omit<ScheduleRow, 'overrides' | 'gone'>>>(sql`
    select s.id, s.slug, s.name, s.zone, s.combine, s.layers, s.changed_at as "changedAt", teams.id as "teamId", teams.slug as "teamSlug", teams.name as "teamName"
    from schedules s left join teams on teams.id = s.team_id where ${visible(scope, sql`s.team_id`)} and ${where} order by s.name, s.slug`)
  if (rows.length === 0) return []
  const handles = [...new Set(rows.flatMap(inTurns))]
  const found = await scope.query<Found>(sql`
    select schedule_id as "scheduleId", definition, null::text as handle, disabled_at as since, schedule_overrides.id from schedule_overrides
    left join users on users.handle = definition ->> 'add' and disabled_at is not null
    where schedule_id = any(${rows.map((row) => row.id)}::text[]) and removed_at is null and ends_at > ${endsAfter}
    union all select null, null, handle, disabled_at, null from users where handle = any(${handles}::text[]) and disabled_at is not null
    order by id`)
  const bySchedule = Map.groupBy(found, ({ scheduleId }) => scheduleId)
  const gone = new Map((bySchedule.get(null) ?? []).flatMap(({ handle, since }) => (handle && since ? [[handle, since] as const] : [])))
  return rows.map((row) => {
    const own = (bySchedule.get(row.id) ?? []).flatMap(({ definition, since }) => (definition ? [{ definition, since }] : []))
    return {
      ...withTeam<Omit<ScheduleRow, 'overrides' | 'gone'>>(row),
      overrides: own.map(({ definition }) => definition),
      gone: new Map([
        ...inTurns(row).flatMap((handle) => (gone.has(handle) ? [[handle, gone.get(handle)!] as const] : [])),
        ...own.flatMap(({ definition, since }) => (since && 'add' in definition ? [[definition.add, since] as const] : [])),
      ]),
    }
  })
}

const inTurns = ({ layers }: { layers: readonly Layer[] }): Person[] =>
  layers.flatMap(({ rotation }) => rotation.participants.filter((person) => person !== null))

/** By id or slug. */
export const findSchedule = async (scope: Scope, key: string, since: Instant = scope.now): Promise<ScheduleRow | undefined> =>
  (await schedules(scope, sql`(s.id = ${key} or s.slug = ${key})`, since))[0]
/** With the overrides that still count. */
export const findSchedules = gatherRows(
  (scope: Scope, slugs: string[]) => schedules(scope, sql`s.slug = any(${slugs}::text[])`, scope.now),
  ({ slug }) => slug,
)
export const listSchedules = (scope: Scope, since: Instant = scope.now): Promise<ScheduleRow[]> => schedules(scope, sql`true`, since)

export type ScheduleContent = { name: string; teamId: TeamId | null; zone: string; combine: Schedule['combine']; layers: readonly Layer[] }
/** False when there is one with this slug, also one that the scope does not see: then nothing changes. */
export const insertSchedule = async (scope: Scope, id: ScheduleId, slug: string, content: ScheduleContent): Promise<boolean> =>
  (
    await scope.query(sql`insert into schedules (id, slug, name, team_id, zone, combine, layers, created_at, changed_at)
    values (${id}, ${slug}, ${content.name}, ${content.teamId}, ${content.zone}, ${content.combine}, ${json(content.layers)}::json, ${scope.now}, ${scope.now})
    on conflict (slug) do nothing returning id`)
  ).length === 1
export const saveSchedule = (scope: Scope, id: ScheduleId, content: ScheduleContent): Promise<unknown[]> =>
  scope.query(sql`update schedules set name = ${content.name}, team_id = ${content.teamId}, zone = ${content.zone}, combine = ${content.combine},
    layers = ${json(content.layers)}::json, changed_at = ${scope.now} where id = ${id}`)
export const deleteSchedule = (scope: Scope, id: ScheduleId): Promise<unknown[]> => scope.query(sql`delete from schedules where id = ${id}`)

/** Holds a schedule, by id or slug, until the transaction ends: who changes it reads it behind this. */
export const lockSchedule = (scope: Scope, key: string): Promise<unknown[]> =>
  scope.query(sql`select 1 from schedules where id = ${key} or slug = ${key} for no key update`)
/** The same for a policy. */
export const lockPolicy = (scope: Scope, key: string): Promise<unknown[]> =>
  scope.query(sql`select 1 from policies where id = ${key} or slug = ${key} for no key update`)

export const insertOverride = (scope: Scope, scheduleId: ScheduleId, id: OverrideId, override: Override): Promise<unknown[]> =>
  scope.query(sql`insert into schedule_overrides (id, schedule_id, definition, starts_at, ends_at, made_by, made_at)
    values (${id}, ${scheduleId}, ${json(override)}::json, ${override.from}, ${override.to}, ${override.by}, ${scope.now})`)
/** An override whose schedule the scope sees. */
export const findOverride = (scope: Scope, id: string): Promise<(OverrideRow & { teamId: TeamId | null }) | undefined> =>
  scope.first(sql`select o.id, o.schedule_id as "scheduleId", o.definition as override, o.made_at as "madeAt", o.removed_at as "removedAt", s.team_id as "teamId"
    from schedule_overrides o join schedules s on s.id = o.schedule_id where o.id = ${id} and ${visible(scope, sql`s.team_id`)}`)
/** True when it was still there. */
export const removeOverride = async (scope: Scope, id: OverrideId): Promise<boolean> =>
  (await scope.query(sql`update schedule_overrides set removed_at = ${scope.now} where id = ${id} and removed_at is null returning id`))
    .length === 1
/** One that runs ends now. True when it still ran. */
export const endOverride = async (scope: Scope, id: OverrideId, override: Override): Promise<boolean> =>
  (
    await scope.query(sql`update schedule_overrides set definition = ${json(override)}::json, ends_at = ${override.to}
    where id = ${id} and removed_at is null and ends_at > ${override.to} returning id`)
  ).length === 1

const policies = async (scope: Scope, where: Sql): Promise<PolicyRow[]> =>
  (
    await scope.query<WithTeam<PolicyRow>>(sql`
    select p.id, p.slug, p.name, p.levels, p.repeat_count as repeat, p.ack_timeout_seconds as "ackTimeoutSeconds", p.changed_at as "changedAt",
      teams.id as "teamId", teams.slug as "teamSlug", teams.name as "teamName"
    from policies p left join teams on teams.id = p.team_id where ${visible(scope, sql`p.team_id`)} and ${where} order by p.name, p.slug`)
  ).map((row) => withTeam<PolicyRow>(row))

/** By id or slug. */
export const findPolicy = gatherByKey(
  (scope: Scope, keys: string[]) => policies(scope, sql`(p.id = any(${keys}::text[]) or p.slug = any(${keys}::text[]))`),
  ({ id }) => id,
  ({ slug }) => slug,
)
export const listPolicies = (scope: Scope): Promise<PolicyRow[]> => policies(scope, sql`true`)

export type PolicyContent = {
  name: string
  teamId: TeamId | null
  levels: readonly Level[]
  repeat: number
  ackTimeoutSeconds: number | null
}
/** As `insertSchedule`. */
export const insertPolicy = async (scope: Scope, id: PolicyId, slug: string, content: PolicyContent): Promise<boolean> =>
  (
    await scope.query(sql`insert into policies (id, slug, name, team_id, levels, repeat_count, ack_timeout_seconds, created_at, changed_at)
    values (${id}, ${slug}, ${content.name}, ${content.teamId}, ${json(content.levels)}::json, ${content.repeat}, ${content.ackTimeoutSeconds}, ${scope.now}, ${scope.now})
    on conflict (slug) do nothing returning id`)
  ).length === 1
export const savePolicy = (scope: Scope, id: PolicyId, content: PolicyContent): Promise<unknown[]> =>
  scope.query(sql`update policies set name = ${content.name}, team_id = ${content.teamId}, levels = ${json(content.levels)}::json, repeat_count = ${content.repeat},
    ack_timeout_seconds = ${content.ackTimeoutSeconds}, changed_at = ${scope.now} where id = ${id}`)
export const deletePolicy = (scope: Scope, id: PolicyId): Promise<unknown[]> => scope.query(sql`delete from policies where id = ${id}`)
