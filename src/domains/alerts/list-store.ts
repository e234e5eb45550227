// The pages of the alert list, newest change first, and how many are open. Rows are wide: a page is first found in the narrow index of the list, or in
// the narrow table of texts, and only its own rows are read then.
import { visible, type Scope } from '#kernel/scope.ts'
import { allOf, sql, type Sql } from '#kernel/sql.ts'
import type { AlertState } from './alert.ts'
import { alertTables, groupColumns, groupTables, listedColumns, type Group, type ListedAlert } from './store.ts'

export type AlertFilter = {
  state?: 'open' | AlertState | undefined
  service?: string | undefined
  team?: string | undefined
  integration?: string | undefined
  severity?: string | undefined
  /** Stands in the title or the deduplication key, in capitals or not. */
  text?: string | undefined
  group?: string | undefined
  after?: readonly (string | number)[] | undefined
  limit: number
}

// A text that many alerts have fills its page with some of the newest; for one that few have all texts are looked through.
const newest = 1000

/**
 * Whether what is asked from here on may sort what it could walk in order. In a storm the database does not know yet how much there is: it would read all that is
 * open and sort it, for the sake of a hundred, until it has counted, which it does once a minute.
 */
const mayMakeOrder = (scope: Scope, may: boolean): void =>
  scope.last(scope.query(sql`select set_config('enable_sort', ${may ? 'on' : 'off'}, true)`))

/** Newest change first. */
export async function listAlerts(scope: Scope, filter: AlertFilter): Promise<ListedAlert[]> {
  mayMakeOrder(scope, false)
  const { text, limit } = filter
  if (!text) return read(scope, inOrder(scope, filter, limit))
  const pattern = `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`
  const isThere = sql`text like lower(${pattern})`
  const page = await read(
    scope,
    sql`select near.id, near.last_at from (${inOrder(scope, filter, newest)}) as near
      cross join lateral (select text from alert_texts where alert_id = near.id offset 0) as its where ${isThere}
      order by near.last_at desc, near.id desc limit ${limit}`,
  )
  if (page.length === limit) return page
  mayMakeOrder(scope, true)
  return read(
    scope,
    sql`select place.id, place.last_at from (select alert_id from alert_texts where ${isThere} offset 0) as found
      cross join lateral (select ${places} from alerts where alerts.id = found.alert_id and ${inIndex(filter)} offset 0) as place
      where ${allOf(among(scope, filter))} order by place.last_at desc, place.id desc limit ${limit}`,
  )
}

/** Nobody needs to know it further, and every page asks for it again with every change. */
const mostCounted = 10_000

/** How many are open, and how many of them nobody has. `more`: there are others, and these are the newest. */
export async function countOpen(scope: Scope): Promise<{ open: number; unowned: number; more: boolean }> {
  mayMakeOrder(scope, false)
  const newest = sql`select place.state from (select ${places} from alerts where ${inState.open} order by last_at desc, id desc offset 0) as place
    where ${visible(scope, sql`place.team_id`)} limit ${mostCounted + 1}`
  const [counted] = await scope.query<{ open: number; unowned: number }>(
    sql`select count(*) as open, count(*) filter (where state = 'triggered') as unowned from (${newest}) as newest`,
  )
  const { open, unowned } = counted!
  return { open: Math.min(open, mostCounted), unowned: Math.min(unowned, mostCounted), more: open > mostCounted }
}

// Columns of the index: others would be read from the wide rows.
const places = sql`id, last_at, state, severity, team_id, service_id, integration_id`

/**
 * The first of these alerts, in order. `offset 0` is a fence: the index is walked in the list's order whatever the database believes about how many match,
 * for without it many are found and then sorted, for the sake of a hundred.
 */
function inOrder(scope: Scope, filter: AlertFilter, limit: number): Sql {
  if (filter.state === undefined && !filter.group && !filter.service) {
    const [open, over] = [inOrder(scope, { ...filter, state: 'open' }, limit), inOrder(scope, { ...filter, state: 'resolved' }, limit)]
    return sql`select id, last_at from ((${open}) union all (${over})) as place order by last_at desc, id desc limit ${limit}`
  }
  return sql`select place.id, place.last_at from (select ${places} from alerts where ${inIndex(filter)} order by last_at desc, id desc offset 0) as place
    where ${allOf(among(scope, filter))} order by place.last_at desc, place.id desc limit ${limit}`
}

/** What an index begins with, or is made of alone: that stands in the statement itself, so that the database sees which index it is. */
function inIndex({ state, severity, service, group, after }: AlertFilter): Sql {
  return allOf([
    ...(state === undefined ? [] : [inState[state]]),
    ...(severity === 'critical' ? [sql`severity = 'critical'`] : []),
    ...(service ? [sql`service_id = (select id from services where slug = ${service})`] : []),
    ...(group ? [sql`group_id = ${group}`] : []),
    ...(after ? [sql`(last_at, id) < (${String(after[0])}::timestamptz, ${String(after[1])})`] : []),
  ])
}

const inState: Record<NonNullable<AlertFilter['state']>, Sql> = {
  open: sql`state <> 'resolved'`,
  // Most of what is open: it is found by walking that.
  triggered: sql`state <> 'resolved'`,
  acknowledged: sql`state = 'acknowledged'`,
  suppressed: sql`state = 'suppressed'`,
  resolved: sql`state = 'resolved'`,
}

function among(scope: Scope, { state, team, integration, severity }: AlertFilter): Sql[] {
  return [
    visible(scope, sql`place.team_id`),
    ...(state === undefined || state === 'open' ? [] : [sql`place.state = ${state}`]),
    // Of one behind a wall nothing is looked for.
    ...(team ? [sql`place.team_id = ${teamOf(scope, team)}`, sql`${teamOf(scope, team)} is not null`] : []),
    ...(integration ? [sql`place.integration_id = ${integration}`] : []),
    ...(severity ? [sql`place.severity = ${severity}`] : []),
  ]
}

const teamOf = (scope: Scope, slug: string): Sql => sql`(select id from teams where slug = ${slug} and ${visible(scope, sql`teams.id`)})`

/** Each is read by its id, in the order of the page. */
const read = (scope: Scope, page: Sql) =>
  scope.query<ListedAlert>(sql`select its.* from (${page}) as page
    cross join lateral (select ${listedColumns} from ${alertTables} where alerts.id = page.id offset 0) as its order by page.last_at desc, page.id desc`)

/** `pages`: only those that page somebody, whether or not it is answered. */
export type GroupFilter = {
  state?: 'open' | Group['state'] | undefined
  pages?: boolean | undefined
  after?: readonly (string | number)[] | undefined
  limit: number
}

/** Newest change first; found as alerts are. */
export function listGroups(scope: Scope, { state, pages = false, after, limit }: GroupFilter): Promise<Group[]> {
  mayMakeOrder(scope, false)
  const inGroupIndex = allOf([
    ...(state === undefined || state === 'resolved' ? [] : [inState[state]]),
    ...(pages ? [sql`policy is not null`] : []),
    ...(after ? [sql`(changed_at, id) < (${String(after[0])}::timestamptz, ${String(after[1])})`] : []),
  ])
  const page = sql`select place.id, place.changed_at from
    (select id, changed_at, state, team_id from alert_groups where ${inGroupIndex} order by changed_at desc, id desc offset 0) as place
    where ${allOf([visible(scope, sql`place.team_id`), ...(state === undefined || state === 'open' ? [] : [sql`place.state = ${state}`])])} limit ${limit}`
  return scope.query<Group>(sql`select its.* from (${page}) as page
    cross join lateral (select ${groupColumns} from ${groupTables} where g.id = page.id offset 0) as its order by page.changed_at desc, page.id desc`)
}

/**
 * Writes the texts of alerts changed since then that have none: a node of a version before them took them in. Says how many. The order of the resolved ones is
 * only for the database: to one that has no alerts yet all indexes of them seem alike, and it would keep to one that has to be read wholly.
 */
export const writeMissingTexts = async (scope: Scope, since: string, most: number): Promise<number> =>
  (
    await scope.query(sql`insert into alert_texts (alert_id, text)
      select id, lower(title || chr(10) || dedup_key) from
        (select id, title, dedup_key from alerts where state <> 'resolved' and last_at > ${since}
          union all (select id, title, dedup_key from alerts where state = 'resolved' and last_at > ${since} order by last_at desc, id desc)) as recent
      where not exists (select 1 from alert_texts where alert_id = recent.id) limit ${most}
      on conflict do nothing returning 1 as written`)
  ).length
