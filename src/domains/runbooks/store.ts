// Every statement on runbooks, their versions and connections.
import type { TeamId } from '#kernel/actor.ts'
import { gatherByKey, gatherRows } from '#kernel/gather.ts'
import { frozen, kept } from '#kernel/kept.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Runbook } from './definition.ts'
import type { ConnectionId, RunbookId, RunId } from './events.ts'

export type StoredRunbook = {
  id: RunbookId
  slug: string
  name: string
  teamId: TeamId | null
  version: number
  createdAt: Instant
  changedAt: Instant
  savedBy: string
  definition: Runbook
}
/** How a connection's secret is sent. */
export type Scheme = { type: 'bearer' } | { type: 'basic'; username: string } | { type: 'header'; name: string }
export type Connection = {
  id: ConnectionId
  slug: string
  name: string
  teamId: TeamId | null
  teamSlug: string | null
  address: string
  scheme: Scheme
  secretSealed: string
  createdAt: Instant
  rotatedAt: Instant
}

const runbookRows = async (scope: Scope, where: Sql, limit: number): Promise<StoredRunbook[]> => {
  const rows = await scope.query<Omit<StoredRunbook, 'definition'> & { definition: string }>(sql`
    select b.id, b.slug, b.name, b.team_id as "teamId", b.version, b.created_at as "createdAt", b.changed_at as "changedAt", v.saved_by as "savedBy",
      v.definition::text as definition
    from runbooks b join runbook_versions v on v.runbook_id = b.id and v.version = b.version
    where b.removed_at is null and ${visible(scope, sql`b.team_id`)} and ${where} order by b.slug limit ${limit}`)
  return rows.map((row) => ({ ...row, definition: read(row.definition) }))
}

/** By id or slug: whose it is. */
export const locateRunbook = (scope: Scope, key: string) =>
  scope.first<{ teamId: TeamId | null }>(sql`select team_id as "teamId" from runbooks
    where (id = ${key} or slug = ${key}) and removed_at is null and ${visible(scope, sql`team_id`)}`)
/** By id or slug. A removed one is missing. */
export const findRunbook = async (scope: Scope, key: string) => (await runbookRows(scope, sql`(b.id = ${key} or b.slug = ${key})`, 1))[0]
export const listRunbooks = (
  scope: Scope,
  filter: { text?: string | undefined; team?: string | undefined; after?: string | undefined; limit: number },
) =>
  runbookRows(
    scope,
    allOf([
      ...(filter.text ? [sql`(b.name ilike ${`%${filter.text}%`} or b.slug ilike ${`%${filter.text}%`})`] : []),
      ...(filter.team ? [sql`b.team_id in (select teams.id from teams where teams.slug = ${filter.team})`] : []),
      ...(filter.after ? [sql`b.slug > ${filter.after}`] : []),
    ]),
    filter.limit,
  )

/** Also of a removed runbook: a run keeps the definition that it began with. The caller has located the run. */
export const definitionAt = async (scope: Scope, id: RunbookId, version: number): Promise<Runbook | undefined> =>
  readMaybe((await findDefinition(scope, `${id}/${version}`))?.definition)
const findDefinition = gatherByKey(
  (scope: Scope, places: string[]) => {
    const [ids, versions] = [0, 1].map((n) => places.map((place) => place.split('/')[n]!)) as [string[], string[]]
    return scope.query<{ id: RunbookId; version: number; definition: string }>(sql`
      select runbook_id as id, version, definition::text as definition from runbook_versions
      where (runbook_id, version) in (select * from unnest(${ids}::text[], ${versions}::int[]))`)
  },
  ({ id, version }) => `${id}/${version}`,
)

/** What a run goes by. */
export const definitionOfRun = async (scope: Scope, id: RunId): Promise<Runbook | undefined> =>
  readMaybe((await findDefinitionOfRun(scope, id))?.definition)
/** The text of a version comes once, however many of these runs go by it. */
const findDefinitionOfRun = gatherByKey(
  async (scope: Scope, ids: string[]) => {
    const rows = await scope.query<{ id: RunId; place: string; definition: string | null }>(sql`
      select runs.id, runs.runbook_id || '/' || runs.version as place,
        case when row_number() over (partition by runs.runbook_id, runs.version) = 1 then given.definition::text end as definition
      from runs join runbook_versions given on given.runbook_id = runs.runbook_id and given.version = runs.version
      where runs.id = any(${ids}::text[])`)
    const texts = new Map(rows.flatMap(({ place, definition }) => (definition === null ? [] : [[place, definition]])))
    return rows.map(({ id, place }) => ({ id, definition: texts.get(place)! }))
  },
  ({ id }) => id,
)
/** A version never changes: whoever reads the same text again gets the same runbook. */
const read = kept((text) => frozen(JSON.parse(text) as Runbook))
const readMaybe = (text: string | undefined): Runbook | undefined => (text === undefined ? undefined : read(text))

export const versionsOf = (scope: Scope, id: RunbookId) =>
  scope.query<{ version: number; savedBy: string; savedAt: Instant }>(sql`
    select version, saved_by as "savedBy", saved_at as "savedAt" from runbook_versions where runbook_id = ${id} order by version desc limit 50`)

/** Writes the next version, and takes a removed slug up again. Gives id and version; undefined when the slug is another's, behind its walls. */
export async function saveRunbook(
  scope: Scope,
  runbook: { id: RunbookId; teamId: TeamId | null; definition: Runbook; savedBy: string },
): Promise<{ id: RunbookId; version: number } | undefined> {
  const { definition, teamId } = runbook
  const saved = await scope.first<{ id: RunbookId; version: number }>(sql`
    insert into runbooks (id, slug, name, team_id, version, created_at, changed_at)
    values (${runbook.id}, ${definition.slug}, ${definition.name}, ${teamId}, 1, ${scope.now}, ${scope.now})
    on conflict (slug) do update set name = excluded.name, team_id = excluded.team_id, version = runbooks.version + 1, changed_at = excluded.changed_at, removed_at = null
      where ${visible(scope, sql`runbooks.team_id`)}
    returning id, version`)
  if (!saved) return undefined
  await scope.query(sql`insert into runbook_versions (runbook_id, version, definition, saved_by, saved_at)
    values (${saved.id}, ${saved.version}, ${json(definition)}::json, ${runbook.savedBy}, ${scope.now})`)
  return saved
}

export const removeRunbook = (scope: Scope, id: RunbookId) =>
  scope.query(sql`update runbooks set removed_at = ${scope.now} where id = ${id}`)

export const runbookNames = (scope: Scope, ids: string[]) =>
  scope.query<{ id: string; name: string }>(sql`select id, name from runbooks where id = any(${ids}::text[])`)

const connectionRows = (scope: Scope, where: Sql) =>
  scope.query<Connection>(sql`
    select c.id, c.slug, c.name, c.team_id as "teamId", teams.slug as "teamSlug", c.address, c.scheme, c.secret_sealed as "secretSealed", c.created_at as "createdAt", c.rotated_at as "rotatedAt"
    from connections c left join teams on teams.id = c.team_id where ${visible(scope, sql`c.team_id`)} and ${where} order by c.slug`)
/** By id or slug. */
export const findConnection = async (scope: Scope, key: string) => (await connectionRows(scope, sql`(c.id = ${key} or c.slug = ${key})`))[0]
export const listConnections = (scope: Scope) => connectionRows(scope, sql`true`)
/** The addresses of the connections that a run may use, by slug: everybody's, and those of its runbook's team. */
export const addressesForRun = async (scope: Scope, id: RunId): Promise<Record<string, string>> =>
  Object.fromEntries((await findAddresses(scope, [id])).map(({ slug, address }) => [slug, address]))
const findAddresses = gatherRows(
  (scope: Scope, ids: string[]) =>
    scope.query<{ id: RunId; slug: string; address: string }>(sql`select r.id, c.slug, c.address from runs r
      join runbooks b on b.id = r.runbook_id join connections c on c.team_id is null or c.team_id = b.team_id where r.id = any(${ids}::text[])`),
  ({ id }) => id,
)
/** False when there is one with this slug, also one that the scope does not see: then nothing changes. */
export const insertConnection = async (
  scope: Scope,
  connection: Pick<Connection, 'id' | 'slug' | 'name' | 'teamId' | 'address' | 'scheme' | 'secretSealed'>,
): Promise<boolean> =>
  (
    await scope.query(sql`insert into connections (id, slug, name, team_id, address, scheme, secret_sealed, created_at, rotated_at)
    values (${connection.id}, ${connection.slug}, ${connection.name}, ${connection.teamId}, ${connection.address}, ${json(connection.scheme)}::json, ${connection.secretSealed}, ${scope.now}, ${scope.now})
    on conflict (slug) do nothing returning id`)
  ).length === 1
export const saveConnectionSecret = (scope: Scope, id: ConnectionId, scheme: Scheme, secretSealed: string) =>
  scope.query(
    sql`update connections set secret_sealed = ${secretSealed}, scheme = ${json(scheme)}::json, rotated_at = ${scope.now} where id = ${id}`,
  )
export const deleteConnection = (scope: Scope, id: ConnectionId) => scope.query(sql`delete from connections where id = ${id}`)
export const connectionNames = (scope: Scope, ids: string[]) =>
  scope.query<{ id: string; name: string }>(sql`select id, name from connections where id = any(${ids}::text[])`)
