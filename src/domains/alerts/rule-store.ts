// Every statement on routes, inhibition rules, time intervals and silences.
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import type { AlertSeverity } from '#kernel/signal.ts'
import { allOf, empty, join, json, sql, type Sql } from '#kernel/sql.ts'
import { instant, type Instant } from '#kernel/time.ts'
import type { AlertId } from './events.ts'
import type { InhibitionSpec, IntervalSpec, RouteSpec } from './rules.ts'

export type SilenceRow = {
  id: Id<'sil'>
  name: string
  matchers: string
  startsAt: Instant
  endsAt: Instant
  createdBy: string
  createdByName: string | null
  createdAt: Instant
}
const silenceColumns = sql`s.id, s.name, s.matchers, s.starts_at as "startsAt", s.ends_at as "endsAt", s.created_by as "createdBy", users.name as "createdByName", s.created_at as "createdAt"`

export const listSilences = (scope: Scope, only: 'current' | 'all', limit: number) =>
  scope.query<SilenceRow>(sql`select ${silenceColumns} from silences s left join users on users.id = s.created_by
    where ${only === 'all'} or s.ends_at > ${scope.now} order by s.ends_at desc, s.id limit ${limit}`)
export const findSilence = (scope: Scope, id: string) =>
  scope.first<SilenceRow>(sql`select ${silenceColumns} from silences s left join users on users.id = s.created_by where s.id = ${id}`)
export const insertSilence = (scope: Scope, silence: Omit<SilenceRow, 'createdByName' | 'createdAt'>) =>
  scope.query(sql`insert into silences (id, name, matchers, starts_at, ends_at, created_by, created_at)
    values (${silence.id}, ${silence.name}, ${json(silence.matchers)}::json, ${silence.startsAt}, ${silence.endsAt}, ${silence.createdBy}, ${scope.now})`)
export const endSilence = (scope: Scope, id: string) => scope.query(sql`update silences set ends_at = ${scope.now} where id = ${id}`)

export const listRoutes = async (scope: Scope) =>
  (await scope.query<{ definition: RouteSpec }>(sql`select definition from routes order by position, slug`)).map((row) => row.definition)
export const saveRoute = (scope: Scope, spec: RouteSpec) =>
  scope.query(sql`insert into routes (slug, position, definition) values (${spec.slug}, ${spec.position}, ${json(spec)}::json)
    on conflict (slug) do update set position = excluded.position, definition = excluded.definition`)
export const removeRoute = (scope: Scope, slug: string) => scope.query(sql`delete from routes where slug = ${slug}`)

export const listInhibitions = async (scope: Scope) =>
  (await scope.query<{ definition: InhibitionSpec }>(sql`select definition from inhibition_rules order by slug`)).map(
    (row) => row.definition,
  )
export const saveInhibition = (scope: Scope, spec: InhibitionSpec) =>
  scope.query(
    sql`insert into inhibition_rules (slug, definition) values (${spec.slug}, ${json(spec)}::json) on conflict (slug) do update set definition = excluded.definition`,
  )
export const removeInhibition = (scope: Scope, slug: string) => scope.query(sql`delete from inhibition_rules where slug = ${slug}`)

export const listIntervals = async (scope: Scope) =>
  (await scope.query<{ definition: IntervalSpec }>(sql`select definition from time_intervals order by slug`)).map((row) => row.definition)
export const saveInterval = (scope: Scope, spec: IntervalSpec) =>
  scope.query(
    sql`insert into time_intervals (slug, definition) values (${spec.slug}, ${json(spec)}::json) on conflict (slug) do update set definition = excluded.definition`,
  )
export const removeInterval = (scope: Scope, slug: string) => scope.query(sql`delete from time_intervals where slug = ${slug}`)

/** Everything that alerts are decided by, as JSON texts, in one statement. */
export const readWritten = async (scope: Scope) =>
  (await scope.first<{
    routes: string | null
    inhibitions: string | null
    intervals: string | null
    silences: string | null
    /** The rules by which open alerts are marked as sources, all of them. */
    marked: string | null
  }>(sql`
    select (select json_agg(definition order by position, slug)::text from routes) as routes,
      (select json_agg(definition order by slug)::text from inhibition_rules) as inhibitions,
      (select json_agg(definition order by slug)::text from time_intervals) as intervals,
      (select json_agg(current)::text from (select ${silenceColumns} from silences s left join users on users.id = s.created_by
        where s.ends_at > ${scope.now} order by s.ends_at desc, s.id limit 2000) as current) as silences,
      (select rules from source_marks where marked_at is not null limit 1) as marked`))!

/** The rows of `readWritten`, in the order in which they are tried. */
export function parseWritten(written: Record<'routes' | 'inhibitions' | 'intervals' | 'silences', string | null>) {
  const rows = <Row>(text: string | null): Row[] => (text === null ? [] : (JSON.parse(text) as Row[]))
  return {
    routes: rows<RouteSpec>(written.routes),
    inhibitions: rows<InhibitionSpec>(written.inhibitions),
    intervals: rows<IntervalSpec>(written.intervals),
    silences: rows<SilenceRow>(written.silences).map((row) => ({ ...row, startsAt: instant(row.startsAt), endsAt: instant(row.endsAt) })),
  }
}

/** An open alert as far as it can hold back others. `service`: the one that it came with, not one that a route gave it. */
export type Source = {
  id: AlertId
  title: string
  labels: Record<string, string>
  severity: AlertSeverity
  integration: string
  service: string | null
}

// Of those that are alike to a rule one is enough: a few more give the sentence its number.
const mostAlike = 20
const mostSources = 5000

/**
 * Open alerts of which each of these labels has one of these values: however many are open, all are looked at, or all that are marked. Of those that have the same in `alike`, which
 * a rule cannot tell apart, some of the newest; the first of each come first.
 */
export const sources = (
  scope: Scope,
  areMarked: boolean,
  having: readonly { name: string; values: readonly string[] }[],
  alike: readonly string[],
) =>
  scope.query<Source>(sql`select open.id, open.title, open.labels, open.severity, open.integration, open.service
    from (select its.*, row_number() over (${alike.length === 0 ? empty : sql`partition by ${join(alike.map(labelNamed), ', ')}`} order by last_at desc, id desc) as place
      from (select alerts.id, alerts.title, alerts.labels, alerts.severity, alerts.last_at, integrations.name as integration,
          case when services.id = integrations.service_id or services.slug = alerts.labels ->> 'service' then services.slug end as service
        from alerts join integrations on integrations.id = alerts.integration_id left join services on services.id = alerts.service_id
        where alerts.state <> 'resolved'${areMarked ? sql` and alerts.may_inhibit is not false` : empty}) as its
      where ${allOf(having.map(({ name, values }) => sql`${labelNamed(name)} = any(array(select json_array_elements_text(${json(values)}::json)))`))}) as open
    where place <= ${mostAlike} order by place, last_at desc, id desc limit ${mostSources}`)

/** What a rule that asks for a label hears (`labelsOf`). Missing is empty. */
function labelNamed(name: string): Sql {
  switch (name) {
    case 'severity':
      return sql`coalesce(its.labels ->> 'severity', its.severity)`
    case 'integration':
      return sql`its.integration`
    case 'service':
      return sql`coalesce(its.service, its.labels ->> 'service', '')`
    default:
      return sql`coalesce(its.labels ->> ${name}::text, '')`
  }
}

/** Names of integrations and slugs of services, by id. */
export const namesOf = async (scope: Scope, integrationIds: readonly string[], serviceIds: readonly string[]) =>
  (await scope.first<{ integrations: Record<string, string> | null; services: Record<string, string> | null }>(sql`
    select (select json_object_agg(id, name) from integrations where id = any(${integrationIds as string[]}::text[])) as integrations,
      (select json_object_agg(id, slug) from services where id = any(${serviceIds as string[]}::text[])) as services`))!

export const integrationNames = async (scope: Scope): Promise<Map<string, string>> =>
  new Map((await scope.query<{ id: string; name: string }>(sql`select id, name from integrations`)).map(({ id, name }) => [id, name]))
