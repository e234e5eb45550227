// Every statement on users, teams, memberships, services, sessions and tokens.
import { gather, gatherByKey, gatherRows } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import { visible } from '#kernel/scope.ts'
import type { TeamId, UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Role, TeamRole } from './roles.ts'

export type User = {
  id: UserId
  handle: string
  name: string
  email: string
  role: Role
  zone: string
  disabledAt: Instant | null
  createdAt: Instant
}
export type Team = { id: TeamId; slug: string; name: string; membersOnly: boolean }
export type Member = { teamId: TeamId; userId: UserId; role: TeamRole }
export type Service = {
  id: Id<'svc'>
  slug: string
  name: string
  description: string
  teamId: TeamId | null
  teamName: string | null
  teamSlug: string | null
  tier: number
  policy: string | null
  dependsOn: string[]
  links: { href: string; text: string }[]
}
export type Token = {
  id: Id<'tok'>
  userId: UserId
  name: string
  scopes: string[]
  createdAt: Instant
  usedAt: Instant | null
  expiresAt: Instant | null
  revokedAt: Instant | null
}

const userColumns = sql`users.id, users.handle, users.name, users.email, users.role, users.zone, users.disabled_at as "disabledAt", users.created_at as "createdAt"`
const teamColumns = sql`teams.id, teams.slug, teams.name, teams.members_only as "membersOnly"`
const serviceColumns = sql`services.id, services.slug, services.name, services.description, services.team_id as "teamId", teams.name as "teamName", teams.slug as "teamSlug",
  services.tier, services.policy, services.depends_on as "dependsOn", services.links`
const tokenColumns = sql`id, user_id as "userId", name, scopes, created_at as "createdAt", used_at as "usedAt", expires_at as "expiresAt", revoked_at as "revokedAt"`

export const readOrganisation = (scope: Scope) =>
  scope.first<{ name: string; zone: string }>(sql`select name, zone from organisation where id = 1`)
export const saveOrganisation = (scope: Scope, organisation: { name: string; zone: string }) =>
  scope.query(
    sql`insert into organisation (id, name, zone) values (1, ${organisation.name}, ${organisation.zone}) on conflict (id) do update set name = excluded.name, zone = excluded.zone`,
  )

/** Holds off every other first set-up until this transaction ends. */
export const lockSetup = (scope: Scope) => scope.query(sql`select pg_advisory_xact_lock(7468, 1)`)
export const hasUsers = async (scope: Scope): Promise<boolean> => (await scope.first(sql`select id from users limit 1`)) !== undefined

export const insertUser = (scope: Scope, user: Omit<User, 'disabledAt' | 'createdAt'> & { passwordHash: string | null }) =>
  scope.query(sql`insert into users (id, handle, name, email, role, zone, password_hash, created_at)
    values (${user.id}, ${user.handle}, ${user.name}, ${user.email.toLowerCase()}, ${user.role}, ${user.zone}, ${user.passwordHash}, ${scope.now})`)

export const saveUser = (scope: Scope, user: Pick<User, 'id' | 'name' | 'email' | 'role' | 'zone' | 'disabledAt'>) =>
  scope.query(
    sql`update users set name = ${user.name}, email = ${user.email.toLowerCase()}, role = ${user.role}, zone = ${user.zone}, disabled_at = ${user.disabledAt} where id = ${user.id}`,
  )

/** Holds a person, by id or handle, until the transaction ends: who changes them reads them behind this, for all of them is written. */
export const lockUser = (scope: Scope, key: string): Promise<unknown[]> =>
  scope.query(sql`select 1 from users where id = ${key} or handle = ${key} for no key update`)
/** The same for a team. */
export const lockTeam = (scope: Scope, key: string): Promise<unknown[]> =>
  scope.query(sql`select 1 from teams where id = ${key} or slug = ${key} for no key update`)
/** The same for a service. */
export const lockService = (scope: Scope, key: string): Promise<unknown[]> =>
  scope.query(sql`select 1 from services where id = ${key} or slug = ${key} for no key update`)

export const savePassword = (scope: Scope, id: UserId, passwordHash: string) =>
  scope.query(sql`update users set password_hash = ${passwordHash} where id = ${id}`)

/** By id or handle. Everybody in the organisation sees everybody's name. */
export const findUsers = gatherRows(
  (scope: Scope, keys: string[]) =>
    scope.query<User>(sql`select ${userColumns} from users where id = any(${keys}::text[]) or handle = any(${keys}::text[])`),
  ({ id }) => id,
  ({ handle }) => handle,
)
export const findUser = async (scope: Scope, key: string): Promise<User | undefined> => (await findUsers(scope, [key]))[0]

export const listUsers = (
  scope: Scope,
  filter: { text?: string | undefined; after?: string | undefined; includeDisabled?: boolean; limit: number },
) =>
  scope.query<User>(
    sql`select ${userColumns} from users where ${allOf([
      ...(filter.text ? [sql`(name ilike ${`%${filter.text}%`} or handle ilike ${`%${filter.text}%`})`] : []),
      ...(filter.after ? [sql`handle > ${filter.after}`] : []),
      ...(filter.includeDisabled ? [] : [sql`disabled_at is null`]),
    ])} order by handle limit ${filter.limit}`,
  )

/** Those who administer and are not disabled. A thousand pages that begin together ask once. */
export const listAdministrators = (scope: Scope): Promise<User[]> => askForAdministrators(scope, undefined)
const askForAdministrators = gather(async (scope: Scope, all: readonly undefined[]) => {
  const users = await scope.query<User>(
    sql`select ${userColumns} from users where role = 'administrator' and disabled_at is null order by handle`,
  )
  return all.map(() => users)
})

export const credentialsByEmail = (scope: Scope, email: string) =>
  scope.first<{ id: UserId; passwordHash: string | null; disabledAt: Instant | null }>(
    sql`select id, password_hash as "passwordHash", disabled_at as "disabledAt" from users where email = ${email.toLowerCase()}`,
  )

export const credentialsOf = (scope: Scope, id: UserId) =>
  scope.first<{ passwordHash: string | null }>(sql`select password_hash as "passwordHash" from users where id = ${id}`)

/** False when there is one with this slug, also one that the scope does not see: then nothing changes. */
export const insertTeam = async (scope: Scope, team: Team): Promise<boolean> =>
  (
    await scope.query(sql`insert into teams (id, slug, name, members_only, created_at)
    values (${team.id}, ${team.slug}, ${team.name}, ${team.membersOnly}, ${scope.now}) on conflict (slug) do nothing returning id`)
  ).length === 1
export const saveTeam = (scope: Scope, team: Team) =>
  scope.query(sql`update teams set name = ${team.name}, members_only = ${team.membersOnly} where id = ${team.id}`)
export const removeTeam = (scope: Scope, id: TeamId) => scope.query(sql`delete from teams where id = ${id}`)
export const findTeam = gatherByKey(
  (scope: Scope, keys: string[]) =>
    scope.query<Team>(
      sql`select ${teamColumns} from teams where (id = any(${keys}::text[]) or slug = any(${keys}::text[])) and ${visible(scope, sql`teams.id`)}`,
    ),
  ({ id }) => id,
  ({ slug }) => slug,
)
export const listTeams = (scope: Scope, after: string | undefined, limit: number) =>
  scope.query<Team>(
    sql`select ${teamColumns} from teams where ${visible(scope, sql`teams.id`)} and ${after ? sql`slug > ${after}` : sql`true`} order by slug limit ${limit}`,
  )

export const membersOf = gatherRows(
  (scope: Scope, teamIds: string[]) =>
    scope.query<
      Member & { name: string; handle: string }
    >(sql`select team_id as "teamId", user_id as "userId", memberships.role, users.name, users.handle from memberships
      join users on users.id = user_id where team_id = any(${teamIds}::text[]) order by memberships.role, users.name`),
  ({ teamId }) => teamId,
)
export const membershipsOf = (scope: Scope, userId: UserId) =>
  scope.query<Member>(sql`select team_id as "teamId", user_id as "userId", role from memberships where user_id = ${userId}`)
export const setMembers = async (scope: Scope, teamId: TeamId, members: { userId: UserId; role: TeamRole }[]) => {
  await scope.query(sql`delete from memberships where team_id = ${teamId}`)
  if (members.length > 0)
    await scope.query(sql`insert into memberships (team_id, user_id, role)
      select ${teamId}, "userId", role from json_to_recordset(${json(members)}::json) as row ("userId" text, role text)`)
}

/** As `insertTeam`. */
export const insertService = async (scope: Scope, service: Omit<Service, 'teamName' | 'teamSlug'>): Promise<boolean> =>
  (
    await scope.query(sql`insert into services (id, slug, name, description, team_id, tier, policy, depends_on, links, created_at)
    values (${service.id}, ${service.slug}, ${service.name}, ${service.description}, ${service.teamId}, ${service.tier}, ${service.policy},
      ${json(service.dependsOn)}::json, ${json(service.links)}::json, ${scope.now}) on conflict (slug) do nothing returning id`)
  ).length === 1
export const saveService = (scope: Scope, service: Omit<Service, 'teamName' | 'teamSlug' | 'slug'>) =>
  scope.query(sql`update services set name = ${service.name}, description = ${service.description}, team_id = ${service.teamId}, tier = ${service.tier},
    policy = ${service.policy}, depends_on = ${json(service.dependsOn)}::json, links = ${json(service.links)}::json where id = ${service.id}`)
export const removeService = (scope: Scope, id: Id<'svc'>) => scope.query(sql`delete from services where id = ${id}`)

const serviceRows = (scope: Scope, where: Sql, limit: number) =>
  scope.query<Service>(sql`select ${serviceColumns} from services left join teams on teams.id = services.team_id
    where ${visible(scope, sql`services.team_id`)} and ${where} order by services.slug limit ${limit}`)
/** By id or slug. */
export const findService = async (scope: Scope, key: string) =>
  (await serviceRows(scope, sql`(services.id = ${key} or services.slug = ${key})`, 1))[0]
export const findServices = (scope: Scope, keys: string[]) =>
  serviceRows(scope, sql`(services.id = any(${keys}::text[]) or services.slug = any(${keys}::text[]))`, keys.length + 1)
/** The slugs of these services, behind walls too, each with whether the scope sees it: for what is decided by them and shows none. */
export const slugsOfServices = (scope: Scope, ids: readonly string[]) =>
  scope.query<{ slug: string; seen: boolean }>(
    sql`select services.slug, ${visible(scope, sql`services.team_id`)} as seen from services where services.id = any(${[...ids]}::text[]) order by services.slug`,
  )
export const listServices = (
  scope: Scope,
  filter: { team?: string | undefined; text?: string | undefined; after?: string | undefined; limit: number },
) =>
  serviceRows(
    scope,
    allOf([
      ...(filter.team ? [sql`teams.slug = ${filter.team}`] : []),
      ...(filter.text ? [sql`(services.name ilike ${`%${filter.text}%`} or services.slug ilike ${`%${filter.text}%`})`] : []),
      ...(filter.after ? [sql`services.slug > ${filter.after}`] : []),
    ]),
    filter.limit,
  )

export const insertSession = (scope: Scope, session: { id: string; userId: UserId; agent: string; expiresAt: Instant }) =>
  scope.query(
    sql`insert into sessions (id, user_id, agent, created_at, seen_at, expires_at) values (${session.id}, ${session.userId}, ${session.agent}, ${scope.now}, ${scope.now}, ${session.expiresAt})`,
  )
export const deleteSession = (scope: Scope, id: string) => scope.query(sql`delete from sessions where id = ${id}`)
export const deleteSessionsOf = (scope: Scope, userId: UserId, except: string | null) =>
  scope.query(sql`delete from sessions where user_id = ${userId} and (${except}::text is null or id <> ${except})`)
export const deleteExpiredSessions = (scope: Scope) => scope.query(sql`delete from sessions where expires_at <= ${scope.now}`)
/** The live session with this id, and its person while not disabled. */
/** Whose credential it is, with what they may do where. */
type Holder = { userId: UserId; role: Role; memberships: Pick<Member, 'teamId' | 'role'>[] }
const holder = sql`users.id as "userId", users.role, coalesce((select json_agg(json_build_object('teamId', team_id, 'role', memberships.role))
  from memberships where memberships.user_id = users.id), '[]') as memberships`

export const findSession = (scope: Scope, id: string) =>
  scope.first<Holder & { id: string; seenAt: Instant; expiresAt: Instant }>(sql`
    select sessions.id, seen_at as "seenAt", expires_at as "expiresAt", ${holder} from sessions join users on users.id = sessions.user_id
    where sessions.id = ${id} and expires_at > ${scope.now} and disabled_at is null`)
export const touchSession = (scope: Scope, id: string) => scope.query(sql`update sessions set seen_at = ${scope.now} where id = ${id}`)

export const insertToken = (
  scope: Scope,
  token: { id: Id<'tok'>; userId: UserId; name: string; hash: string; scopes: string[]; expiresAt: Instant | null },
) =>
  scope.query(sql`insert into tokens (id, user_id, name, hash, scopes, created_at, expires_at)
    values (${token.id}, ${token.userId}, ${token.name}, ${token.hash}, ${json(token.scopes)}::json, ${scope.now}, ${token.expiresAt})`)
/** By the hash of what was presented: the index compares hashes, so nothing of the token leaks through time. */
export const findToken = (scope: Scope, hash: string) =>
  scope.first<Holder & { id: Id<'tok'>; scopes: string[]; usedAt: Instant | null }>(sql`
    select tokens.id, tokens.scopes, tokens.used_at as "usedAt", ${holder} from tokens join users on users.id = tokens.user_id
    where hash = ${hash} and revoked_at is null and (expires_at is null or expires_at > ${scope.now}) and disabled_at is null`)
export const touchToken = (scope: Scope, id: string) => scope.query(sql`update tokens set used_at = ${scope.now} where id = ${id}`)
export const listTokens = (scope: Scope, userId: UserId) =>
  scope.query<Token>(sql`select ${tokenColumns} from tokens where user_id = ${userId} and revoked_at is null order by created_at desc`)
export const revokeToken = async (scope: Scope, id: string, userId: UserId) =>
  (
    await scope.query(
      sql`update tokens set revoked_at = ${scope.now} where id = ${id} and user_id = ${userId} and revoked_at is null returning id`,
    )
  ).length === 1
export const revokeTokensOf = (scope: Scope, userId: UserId) =>
  scope.query(sql`update tokens set revoked_at = ${scope.now} where user_id = ${userId} and revoked_at is null`)
