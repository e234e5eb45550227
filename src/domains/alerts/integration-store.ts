// Every statement on integrations and the requests that were refused.
import type { TeamId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { IntegrationId } from './events.ts'

export type Integration = {
  id: IntegrationId
  name: string
  kind: string
  keySealed: string
  secretSealed: string | null
  serviceId: Id<'svc'> | null
  serviceSlug: string | null
  teamId: TeamId | null
  createdAt: Instant
}
// Of the team that has its service now. What was written beside it when it was added is asked only where there is none.
const team = sql`(case when i.service_id is null then i.team_id else services.team_id end)`
const tables = sql`integrations i left join services on services.id = i.service_id`
const columns = sql`i.id, i.name, i.kind, i.key_sealed as "keySealed", i.secret_sealed as "secretSealed", i.service_id as "serviceId", services.slug as "serviceSlug", ${team} as "teamId", i.created_at as "createdAt"`

const rows = (scope: Scope, where: Sql, limit: number) =>
  scope.query<Integration>(sql`select ${columns} from ${tables}
    where i.deleted_at is null and ${visible(scope, team)} and ${where} order by i.name, i.id limit ${limit}`)

export const listIntegrations = (scope: Scope, after: readonly (string | number)[] | undefined, limit: number) =>
  rows(scope, after ? sql`(i.name, i.id) > (${String(after[0])}, ${String(after[1])})` : sql`true`, limit)
export const findIntegration = async (scope: Scope, id: string) => (await rows(scope, sql`i.id = ${id}`, 1))[0]
export const allKeys = (scope: Scope) =>
  scope.query<{
    id: IntegrationId
    kind: string
    keyHash: string
    secretSealed: string | null
    serviceId: string | null
    teamId: string | null
  }>(
    sql`select i.id, i.kind, i.key_hash as "keyHash", i.secret_sealed as "secretSealed", i.service_id as "serviceId", ${team} as "teamId" from ${tables} where i.deleted_at is null`,
  )
/** Where the alerts of an integration belong, also of one that was removed meanwhile. */
export const placeOfIntegration = async (scope: Scope, id: IntegrationId) =>
  (await scope.first<{ id: IntegrationId; kind: string; serviceId: string | null; teamId: string | null }>(
    sql`select i.id, i.kind, i.service_id as "serviceId", ${team} as "teamId" from ${tables} where i.id = ${id}`,
  ))!
/** Which of these there are, removed ones too. */
export const thoseThatAre = async (scope: Scope, ids: readonly IntegrationId[]): Promise<ReadonlySet<IntegrationId>> =>
  new Set(
    (await scope.query<{ id: IntegrationId }>(sql`select id from integrations where id = any(${[...ids]}::text[])`)).map(({ id }) => id),
  )
export const keyIsTaken = async (scope: Scope, keyHash: string) =>
  (await scope.first(sql`select 1 from integrations where key_hash = ${keyHash}`)) !== undefined

export const insertIntegration = (
  scope: Scope,
  integration: {
    id: IntegrationId
    name: string
    kind: string
    keyHash: string
    keySealed: string
    serviceId: string | null
    teamId: string | null
  },
) =>
  scope.query(sql`insert into integrations (id, name, kind, key_hash, key_sealed, service_id, team_id, created_at)
    values (${integration.id}, ${integration.name}, ${integration.kind}, ${integration.keyHash}, ${integration.keySealed}, ${integration.serviceId}, ${integration.teamId}, ${scope.now})`)
export const removeIntegration = (scope: Scope, id: IntegrationId) =>
  scope.query(sql`update integrations set deleted_at = ${scope.now} where id = ${id}`)

export type RefusedRequest = { id: number; at: Instant; status: number; reason: string; path: string; body: string }
const mostRefused = 50

/**
 * Keeps the last 50 of an integration, and until its next one as many more as were refused at the same moment: these do not see each other, and none waits
 * for another, for whoever sends what is refused must not keep the connections from others. True when there was none within a minute before it, so that
 * the owner is told once and not 50 times.
 */
export const insertRefused = async (scope: Scope, integrationId: string, refused: Omit<RefusedRequest, 'id' | 'at'>): Promise<boolean> => {
  const recent = await scope.first(
    sql`select 1 from refused_requests where integration_id = ${integrationId} and at > ${scope.now}::timestamptz - interval '1 minute' limit 1`,
  )
  await scope.query(
    sql`insert into refused_requests (integration_id, at, status, reason, path, body) values (${integrationId}, ${scope.now}, ${refused.status}, ${refused.reason}, ${refused.path}, ${refused.body})`,
  )
  await scope.query(
    sql`delete from refused_requests where integration_id = ${integrationId} and id <= (select id from refused_requests where integration_id = ${integrationId} order by id desc offset ${mostRefused} limit 1)`,
  )
  return recent === undefined
}
export const listRefused = (scope: Scope, integrationId: string) =>
  scope.query<RefusedRequest>(
    sql`select id, at, status, reason, path, body from refused_requests where integration_id = ${integrationId} order by id desc limit ${mostRefused}`,
  )
