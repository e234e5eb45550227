// Every statement on changes.
import type { TeamId } from '#kernel/actor.ts'
import { gather } from '#kernel/gather.ts'
import type { Id } from '#kernel/ids.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import type { Link } from '#kernel/signal.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { ChangeId } from './events.ts'

/** `by`: the name of the person who recorded it; null for an integration. */
export type Change = {
  id: ChangeId
  summary: string
  source: string
  service: { slug: string; name: string } | null
  links: Link[]
  at: Instant
  by: string | null
}

export type NewChange = {
  id: ChangeId
  serviceId: Id<'svc'> | null
  teamId: TeamId | null
  integrationId: Id<'int'> | null
  summary: string
  source: string
  links: Link[]
  details: unknown
  at: Instant
  recordedBy: string
}

export const insertChanges = (scope: Scope, changes: readonly NewChange[]) =>
  scope.query(sql`insert into changes (id, service_id, team_id, integration_id, summary, source, links, details, at, recorded_at, recorded_by)
    select id, "serviceId", "teamId", "integrationId", summary, source, links, details, at, ${scope.now}, "recordedBy"
    from json_to_recordset(${json(changes)}::json) as row (id text, "serviceId" text, "teamId" text, "integrationId" text, summary text, source text,
      links json, details json, at timestamptz, "recordedBy" text)`)

const columns = sql`c.id, c.summary, c.source, c.links, c.at, users.name as by,
  case when services.id is null then null else json_build_object('slug', services.slug, 'name', services.name) end as service`
const names = sql`left join services on services.id = c.service_id left join users on users.id = split_part(c.recorded_by, ' ', 1)`

export const listChanges = (
  scope: Scope,
  filter: {
    service?: string | undefined
    since?: Instant | undefined
    until?: Instant | undefined
    general?: boolean | undefined
    text?: string | undefined
    after?: readonly (string | number)[] | undefined
  },
  limit: number,
) =>
  scope.query<Change>(sql`select ${columns} from changes c ${names}
    where ${visible(scope, sql`c.team_id`)} and ${allOf([
      ...(filter.service === undefined
        ? []
        : [
            filter.general
              ? sql`(services.slug = ${filter.service} or (c.service_id is null and c.team_id is null))`
              : sql`services.slug = ${filter.service}`,
          ]),
      ...(filter.text === undefined ? [] : [sql`(c.summary ilike ${`%${filter.text}%`} or c.source ilike ${`%${filter.text}%`})`]),
      ...(filter.since === undefined ? [] : [sql`c.at >= ${filter.since}`]),
      ...(filter.until === undefined ? [] : [sql`c.at <= ${filter.until}`]),
      ...(filter.after === undefined ? [] : [sql`(c.at, c.id) < (${String(filter.after[0])}::timestamptz, ${String(filter.after[1])})`]),
    ])} order by c.at desc, c.id desc limit ${limit}`)

// Of no service in particular. What was of one that was removed is its team's, and no business of the others.
const ofAll = sql`service_id is null and team_id is null`

/** Of these services, and of no service: the newest first. */
export const changesOf = (scope: Scope, serviceIds: readonly string[], since: Instant, until: Instant, limit: number) =>
  scope.query<Change>(sql`select ${columns} from (
      select * from changes where service_id = any(${serviceIds as string[]}::text[]) and at between ${since} and ${until} and ${visible(scope, sql`team_id`)}
      union all select * from changes where ${ofAll} and at between ${since} and ${until} and ${visible(scope, sql`team_id`)}) as c ${names}
    order by c.at desc, c.id desc limit ${limit}`)

/** What a timeline shows: the newest of these services, and of no service, between two moments, and the last one before them. */
export const changesWithin = async (
  scope: Scope,
  serviceIds: readonly string[],
  { looksBackTo, began, until }: { looksBackTo: Instant; began: Instant; until: Instant },
  most: number,
): Promise<ChangeId[]> => {
  const newest = (when: Sql, limit: number) => sql`(select id from (
    select id, at from changes where service_id = any(${serviceIds as string[]}::text[]) and ${when} and ${visible(scope, sql`team_id`)}
    union all select id, at from changes where ${ofAll} and ${when} and ${visible(scope, sql`team_id`)}) as found order by at desc, id desc limit ${limit})`
  const rows = await scope.query<{ id: ChangeId }>(
    sql`${newest(sql`at between ${began} and ${until}`, most)} union all ${newest(sql`at >= ${looksBackTo} and at < ${began}`, 1)}`,
  )
  return rows.map(({ id }) => id)
}

type Before = { serviceId: string | null; since: Instant; until: Instant }

/** The last one of a service, or of none, in a time; all that are asked for at the same moment at once. */
export const lastChange = gather(async (scope: Scope, asked: readonly Before[]) => {
  const found = await scope.query<{ nth: number; summary: string; at: Instant }>(sql`select asked.nth, found.summary, found.at
    from rows from (json_to_recordset(${json(asked)}::json) as ("serviceId" text, since timestamptz, until timestamptz)) with ordinality as asked ("serviceId", since, until, nth)
    cross join lateral (select summary, at from (${newestIn(scope, sql`service_id = asked."serviceId"`)} union all ${newestIn(scope, ofAll)}) as newest
      order by at desc limit 1) as found`)
  const byPlace = new Map(found.map(({ nth, summary, at }) => [Number(nth) - 1, { summary, at }]))
  return asked.map((_, place) => byPlace.get(place))
})

const newestIn = (scope: Scope, which: Sql): Sql => sql`(select summary, at from changes
  where ${which} and at between asked.since and asked.until and ${visible(scope, sql`team_id`)} order by at desc, id desc limit 1)`

export const changeById = (scope: Scope, id: string) =>
  scope.first<Change & { details: unknown }>(
    sql`select ${columns}, c.details from changes c ${names} where c.id = ${id} and ${visible(scope, sql`c.team_id`)}`,
  )
export const findChange = (scope: Scope, id: string) =>
  scope.first<{ teamId: TeamId | null }>(sql`select team_id as "teamId" from changes where id = ${id} and ${visible(scope, sql`team_id`)}`)
export const changeNames = (scope: Scope, ids: readonly string[]) =>
  scope.query<{ id: string; name: string }>(sql`select id, summary as name from changes where id = any(${ids as string[]}::text[])`)
