// Every statement on incidents, their services and the states they passed through. A private incident is a second wall inside the team's.
import { personOf } from '#kernel/actor.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Incident, IncidentId } from './incident.ts'
import type { StateKind } from './process-definition.ts'

/**
 * Which incidents (alias `i`) the scope sees: those of its teams' reach that are not private, the private ones of its own teams, and every
 * one that its person takes part in or reported. A run takes part in the one that it is about.
 */
export function seen(scope: Scope): Sql {
  const { rights } = scope.actor
  if (rights.seesEverything) return sql`true`
  const person = personOf(scope.actor) ?? null
  const about = scope.actor.kind === 'run' ? scope.actor.incidentId : null
  const own = [...rights.inTeam.keys()]
  return sql`((${visible(scope, sql`i.team_id`)} and (not i.private or i.team_id = any(${own}::text[])))
    or i.id = ${about}
    or (${person}::text is not null and (i.reporter_id = ${person} or i.opened_by = ${person}
      or exists (select 1 from incident_roles held where held.incident_id = i.id and held.user_id = ${person})
      or exists (select 1 from incident_responders here where here.incident_id = i.id and here.user_id = ${person}))))`
}

const columns = sql`i.id, i.number, i.type, i.process_version as "processVersion", i.title, i.description, i.state, i.state_kind as "stateKind", i.state_since as "stateSince",
  i.hold_reason as "holdReason", i.severity, i.impact, i.urgency, i.risk, i.priority, i.priority_reason as "priorityReason", i.category, i.subcategory, i.error_code as "errorCode",
  i.reporter_id as "reporterId", i.opened_by as "openedBy", i.occurred_at as "occurredAt", i.occurred_exact as "occurredExact", i.opened_at as "openedAt", i.resolved_at as "resolvedAt",
  i.closed_at as "closedAt", i.team_id as "teamId", i.private, i.impact_now as "impactNow", i.trying, i.fields, i.confirmation, i.confirmation_asked_at as "confirmationAskedAt",
  i.confirmation_round as "confirmationRound",
  (select coalesce(json_agg(s.service_id order by s.service_id), '[]') from incident_services s where s.incident_id = i.id) as "serviceIds"`

/** `inc_…`, `2417` or `INC-2417`. */
function named(key: string): Sql {
  const number = /^(?:inc-)?(\d{1,9})$/i.exec(key)?.[1]
  return number === undefined ? sql`i.id = ${key}` : sql`i.number = ${Number(number)}`
}

/** By id or number, if the scope sees it. */
export const findIncident = (scope: Scope, key: string) =>
  scope.first<Incident>(sql`select ${columns} from incidents i where ${named(key)} and ${seen(scope)}`)
/** The same, held against every other change until this transaction ends. */
export const lockIncident = async (scope: Scope, key: string) => {
  const [found] = await scope.query<{ id: string }>(
    sql`select i.id from incidents i where ${named(key)} and ${seen(scope)} for update of i`,
  )
  return found && findIncident(scope, found.id)
}
export const findIncidents = (scope: Scope, ids: readonly string[]) =>
  scope.query<Incident>(
    sql`select ${columns} from incidents i where i.id = any(${[...ids]}::text[]) and ${seen(scope)} order by i.number desc`,
  )

/** The next number; one transaction at a time, so that there are no holes. */
export async function nextNumber(scope: Scope): Promise<number> {
  await scope.query(sql`select pg_advisory_xact_lock(7472, 0)`)
  return (await scope.first<{ number: number }>(sql`select coalesce(max(number), 0) + 1 as number from incidents`))!.number
}

export async function insertIncident(scope: Scope, incident: Incident): Promise<void> {
  await scope.query(sql`insert into incidents (id, number, type, process_version, title, description, state, state_kind, state_since, hold_reason, severity, impact, urgency, risk, priority,
      priority_reason, category, subcategory, error_code, reporter_id, opened_by, occurred_at, occurred_exact, opened_at, team_id, private, fields, confirmation, confirmation_round)
    values (${incident.id}, ${incident.number}, ${incident.type}, ${incident.processVersion}, ${incident.title}, ${incident.description}, ${incident.state}, ${incident.stateKind}, ${incident.stateSince},
      ${incident.holdReason}, ${incident.severity}, ${incident.impact}, ${incident.urgency}, ${incident.risk}, ${incident.priority}, ${incident.priorityReason}, ${incident.category}, ${incident.subcategory},
      ${incident.errorCode}, ${incident.reporterId}, ${incident.openedBy}, ${incident.occurredAt}, ${incident.occurredExact}, ${incident.openedAt}, ${incident.teamId}, ${incident.private},
      ${json(incident.fields)}::json, ${incident.confirmation}, ${incident.confirmationRound})`)
  await setServices(scope, incident.id, incident.serviceIds)
  await addState(scope, incident)
}

/** Writes everything that can change. */
export const saveIncident = (scope: Scope, incident: Incident) =>
  scope.query(sql`update incidents set title = ${incident.title}, description = ${incident.description}, state = ${incident.state}, state_kind = ${incident.stateKind}, state_since = ${incident.stateSince},
    hold_reason = ${incident.holdReason}, severity = ${incident.severity}, impact = ${incident.impact}, urgency = ${incident.urgency}, risk = ${incident.risk}, priority = ${incident.priority},
    priority_reason = ${incident.priorityReason}, category = ${incident.category}, subcategory = ${incident.subcategory}, error_code = ${incident.errorCode}, reporter_id = ${incident.reporterId},
    occurred_at = ${incident.occurredAt}, occurred_exact = ${incident.occurredExact}, resolved_at = ${incident.resolvedAt}, closed_at = ${incident.closedAt}, team_id = ${incident.teamId},
    private = ${incident.private}, impact_now = ${incident.impactNow}, trying = ${incident.trying}, fields = ${json(incident.fields)}::json, confirmation = ${incident.confirmation},
    confirmation_asked_at = ${incident.confirmationAskedAt}, confirmation_round = ${incident.confirmationRound} where id = ${incident.id}`)

export async function setServices(scope: Scope, id: IncidentId, serviceIds: readonly string[]): Promise<void> {
  await scope.query(sql`delete from incident_services where incident_id = ${id}`)
  if (serviceIds.length > 0)
    await scope.query(
      sql`insert into incident_services (incident_id, service_id) select ${id}, service_id from unnest(${[...serviceIds]}::text[]) as service_id`,
    )
}

export type PassedState = { state: string; kind: StateKind; enteredAt: Instant }
export const addState = (scope: Scope, incident: Pick<Incident, 'id' | 'state' | 'stateKind' | 'stateSince'>) =>
  scope.query(sql`insert into incident_states (incident_id, seq, state, kind, entered_at)
    select ${incident.id}, coalesce(max(seq), 0) + 1, ${incident.state}, ${incident.stateKind}, ${incident.stateSince} from incident_states where incident_id = ${incident.id}`)
/** Every state it was in, in order. */
export const statesOf = (scope: Scope, id: IncidentId) =>
  scope.query<PassedState>(sql`select state, kind, entered_at as "enteredAt" from incident_states where incident_id = ${id} order by seq`)

/** Takes an erased text out of the incident itself, where it was copied to: title, description, a field, the strip. */
export async function forgetText(
  scope: Scope,
  incident: Incident,
  text: { kind: string; text: string | null; detail: string | null },
): Promise<void> {
  const gone = '(erased)'
  if (text.kind === 'title') {
    await scope.query(
      sql`update incidents set title = case when title = ${text.text} then ${gone} else title end, description = case when description = ${text.detail} then '' else description end where id = ${incident.id}`,
    )
  } else if (text.kind === 'situation') {
    await scope.query(
      sql`update incidents set impact_now = nullif(impact_now, ${text.text}), trying = nullif(trying, ${text.text}) where id = ${incident.id}`,
    )
  } else if (text.kind === 'field') {
    const fields = Object.fromEntries(Object.entries(incident.fields).map(([field, value]) => [field, value === text.text ? gone : value]))
    await scope.query(sql`update incidents set fields = ${json(fields)}::json where id = ${incident.id}`)
  }
}

export type IncidentFilter = {
  open?: boolean | undefined
  kind?: StateKind | undefined
  state?: string | undefined
  type?: string | undefined
  severity?: string | undefined
  service?: string | undefined
  team?: string | undefined
  mine?: string | undefined
  /** Not over, or waits for its reporter. */
  alive?: boolean | undefined
  text?: string | undefined
  after?: number | undefined
  limit: number
}

const serviceIs = (slug: string) =>
  sql`exists (select 1 from incident_services s join services on services.id = s.service_id where s.incident_id = i.id and services.slug = ${slug})`
const like = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`

/** Newest first. */
export const listIncidents = (scope: Scope, filter: IncidentFilter) =>
  scope.query<Incident>(
    sql`select ${columns} from incidents i where ${allOf([seen(scope), ...conditionsOf(scope, filter)])} order by i.number desc limit ${filter.limit}`,
  )

function conditionsOf(scope: Scope, filter: IncidentFilter): Sql[] {
  return [
    ...(filter.open === undefined ? [] : [filter.open ? sql`i.state_kind = 'open'` : sql`i.state_kind <> 'open'`]),
    ...(filter.alive ? [sql`i.state_kind in ('open', 'resolved')`] : []),
    ...(filter.kind ? [sql`i.state_kind = ${filter.kind}`] : []),
    ...(filter.state ? [sql`i.state = ${filter.state}`] : []),
    ...(filter.type ? [sql`i.type = ${filter.type}`] : []),
    ...(filter.severity ? [sql`i.severity = ${filter.severity}`] : []),
    ...(filter.service
      ? [
          sql`${serviceIs(filter.service)} and exists (select 1 from services where slug = ${filter.service} and ${visible(scope, sql`services.team_id`)})`,
        ]
      : []),
    ...(filter.team
      ? [sql`exists (select 1 from teams where teams.id = i.team_id and teams.slug = ${filter.team} and ${visible(scope, sql`teams.id`)})`]
      : []),
    ...(filter.mine
      ? [
          sql`(i.reporter_id = ${filter.mine} or exists (select 1 from incident_roles held where held.incident_id = i.id and held.user_id = ${filter.mine})
          or exists (select 1 from incident_responders here where here.incident_id = i.id and here.user_id = ${filter.mine}))`,
        ]
      : []),
    ...(filter.text ? textIs(filter.text) : []),
    ...(filter.after === undefined ? [] : [sql`i.number < ${filter.after}`]),
  ]
}

function textIs(text: string): Sql[] {
  if (/^(inc-)?\d{1,9}$/i.test(text.trim())) return [named(text.trim())]
  return wordsOf(text).map(
    (word) => sql`(i.title ilike ${like(word)} or i.description ilike ${like(word)} or i.error_code ilike ${like(word)})`,
  )
}

/** How many are open, and how bad the worst is. */
export const countOpen = async (scope: Scope) =>
  (await scope.first<{ open: number; worst: string | null }>(
    sql`select count(*) as open, min(i.severity) as worst from incidents i where i.state_kind = 'open' and ${seen(scope)}`,
  ))!

export type Match = Incident & { score: number }
/** Incidents whose words are like these: open ones, and those of the last 180 days that left a workaround or a resolution. Best first. */
export const matchIncidents = (scope: Scope, text: string, service: string | undefined, since: Instant, limit: number) => {
  const words = wordsOf(text)
  if (words.length === 0) return Promise.resolve([] as Match[])
  const score = words.reduce<Sql>(
    (sum, word) =>
      sql`${sum} + (case when i.title ilike ${like(word)} then 3 when i.error_code ilike ${like(word)} then 3 when i.description ilike ${like(word)} then 1 else 0 end)`,
    service ? sql`(case when ${serviceIs(service)} then 2 else 0 end)` : sql`0`,
  )
  return scope.query<Match>(sql`select * from (
      select ${columns}, ${score} as score from incidents i
      where ${seen(scope)} and (i.state_kind = 'open' or (i.state_kind in ('resolved', 'closed') and i.opened_at > ${since} and (i.fields ->> 'workaround' is not null or i.fields ->> 'resolution' is not null)))
    ) as scored where score >= 3 order by ("stateKind" = 'open') desc, score desc, number desc limit ${limit}`)
}

/** The words that a search looks for: three letters or more, eight at most. */
function wordsOf(text: string): string[] {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}._-]+/u)
    .filter((word) => word.length >= 3 && !stopWords.has(word))
  return [...new Set(words)].slice(0, 8)
}
const stopWords = new Set([
  'the',
  'and',
  'for',
  'not',
  'are',
  'was',
  'with',
  'does',
  'from',
  'our',
  'all',
  'can',
  'has',
  'but',
  'since',
  'this',
  'that',
])
