// Who may see what, told once more and in other words than the product's: by the rows of people, teams, memberships, and of whom a page or an incident
// has drawn in. A wall keeps out everybody but members and administrators; whoever is paged sees the page, and else who sees the incident
// that it is about; whoever takes part sees the incident.
import type { Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'

const isMember = (user: string, team: Sql) => sql`exists (select 1 from memberships where user_id = ${user} and team_id = ${team})`
const isAdministrator = (user: string) => sql`exists (select 1 from users where id = ${user} and role = 'administrator')`
const noWall = (user: string, team: Sql) =>
  sql`(not exists (select 1 from teams where id = ${team} and members_only) or ${isMember(user, team)} or ${isAdministrator(user)})`

const mayIncident = (user: string) => sql`(${isAdministrator(user)}
  or ${noWall(user, sql`x.team_id`)} and (not x.private or ${isMember(user, sql`x.team_id`)})
  or ${user} in (x.reporter_id, x.opened_by)
  or ${user} in (select user_id from incident_roles where incident_id = x.id union all select user_id from incident_responders where incident_id = x.id))`
const mayIncidentOf = (user: string, incident: Sql) =>
  sql`(${incident} is null or ${incident} in (select x.id from incidents x where ${mayIncident(user)}))`

/** By kind: its rows `x`, and whether this person may see one. */
const kinds: Record<string, { from: Sql; may: (user: string) => Sql }> = {
  alert: { from: sql`alerts x`, may: (user) => noWall(user, sql`x.team_id`) },
  group: { from: sql`alert_groups x`, may: (user) => noWall(user, sql`x.team_id`) },
  page: {
    from: sql`pages x`,
    may: (user) =>
      sql`(${noWall(user, sql`x.team_id`)} and ${mayIncidentOf(user, sql`x.incident`)}
        or ${user} in (select user_id from page_people where page_id = x.id))`,
  },
  incident: { from: sql`incidents x`, may: mayIncident },
  update: { from: sql`updates x`, may: (user) => mayIncidentOf(user, sql`x.incident_id`) },
  run: {
    from: sql`runs x`,
    may: (user) => sql`${noWall(user, sql`x.team_id`)} and ${mayIncidentOf(user, sql`x.incident_id`)}`,
  },
  team: { from: sql`teams x`, may: (user) => noWall(user, sql`x.id`) },
  service: { from: sql`services x`, may: (user) => noWall(user, sql`x.team_id`) },
}

/** Ids of everything of this kind that this person may see now. */
export async function maySee(scope: Scope, kind: string, user: string): Promise<Set<string>> {
  const { from, may } = kinds[kind]!
  return new Set((await scope.query<{ id: string }>(sql`select x.id from ${from} where ${may(user)}`)).map(({ id }) => id))
}
