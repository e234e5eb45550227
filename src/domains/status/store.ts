// Every statement on components, their history, and status pages.
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { ComponentStatus } from './component-status.ts'
import type { StatusChange } from './days.ts'

export type ComponentId = Id<'cmp'>
export type PageId = Id<'stp'>
export type Component = {
  id: ComponentId
  slug: string
  name: string
  description: string
  group: string
  serviceId: Id<'svc'> | null
  status: ComponentStatus
  /** The incident or planned work that set its status. */
  heldBy: string | null
  /** What somebody has said without an incident since it worked last. */
  byHand: ComponentStatus | null
}
export type StatusPage = { id: PageId; slug: string; name: string; visibility: 'public' | 'internal'; zone: string }

const componentColumns = sql`components.id, components.slug, components.name, components.description, components.group_name as "group",
  components.service_id as "serviceId", components.status, components.held_by as "heldBy", components.by_hand as "byHand"`
const pageColumns = sql`id, slug, name, visibility, zone`

/** By id or slug, in the order of their names. */
export const findComponents = (scope: Scope, keys: readonly string[]) =>
  scope.query<Component>(
    sql`select ${componentColumns} from components where id = any(${keys}::text[]) or slug = any(${keys}::text[]) order by name, id`,
  )
export const findComponent = async (scope: Scope, key: string) => (await findComponents(scope, [key]))[0]
export const allComponents = (scope: Scope) =>
  scope.query<Component>(sql`select ${componentColumns} from components order by group_name, name, id`)
/** The same rows, held until the end of the transaction. */
export const lockComponents = (scope: Scope, ids: readonly string[]) =>
  scope.query<Component>(sql`select ${componentColumns} from components where id = any(${[...ids]}::text[]) order by id for update`)

export const insertComponent = (scope: Scope, component: Omit<Component, 'status' | 'heldBy' | 'byHand'>) =>
  scope.query(sql`insert into components (id, slug, name, description, group_name, service_id, created_at)
    values (${component.id}, ${component.slug}, ${component.name}, ${component.description}, ${component.group}, ${component.serviceId}, ${scope.now})`)
export const saveComponent = (scope: Scope, component: Omit<Component, 'status' | 'heldBy' | 'byHand' | 'slug'>) =>
  scope.query(sql`update components set name = ${component.name}, description = ${component.description}, group_name = ${component.group},
    service_id = ${component.serviceId} where id = ${component.id}`)
export const deleteComponent = (scope: Scope, id: ComponentId) => scope.query(sql`delete from components where id = ${id}`)

export const saveComponentStatus = async (
  scope: Scope,
  { id, status, heldBy, byHand }: Pick<Component, 'id' | 'status' | 'heldBy' | 'byHand'>,
) => void (await scope.query(sql`update components set status = ${status}, held_by = ${heldBy}, by_hand = ${byHand} where id = ${id}`))
export const insertChange = (scope: Scope, id: ComponentId, status: ComponentStatus) =>
  scope.query(sql`insert into component_changes (component_id, at, status) values (${id}, ${scope.now}, ${status})`)

/** What held when the window opened and every change since, oldest first, by component. */
export async function changesSince(scope: Scope, ids: readonly string[], from: Instant): Promise<Map<string, StatusChange[]>> {
  const rows = await scope.query<StatusChange & { id: string }>(sql`
    select component_id as id, at, status from component_changes where component_id = any(${ids}::text[]) and (at >= ${from} or position in (
      select distinct on (component_id) position from component_changes where component_id = any(${ids}::text[]) and at < ${from}
      order by component_id, at desc, position desc)) order by at, position`)
  const changes = new Map<string, StatusChange[]>(ids.map((id) => [id, []]))
  for (const { id, at, status } of rows) changes.get(id)!.push({ at, status })
  return changes
}

/** When each of these components came to work last before then, but for these moments. */
export const workedBefore = (scope: Scope, ids: readonly string[], before: Instant, except: readonly Instant[]) =>
  scope.query<{ componentId: string; at: Instant }>(sql`select component_id as "componentId", max(at) as at from component_changes
    where component_id = any(${[...ids]}::text[]) and at < ${before} and status = 'works' and at <> all(${[...except]}::timestamptz[])
    group by component_id`)

/** By id or slug. */
export const findPage = (scope: Scope, key: string) =>
  scope.first<StatusPage>(sql`select ${pageColumns} from status_pages where id = ${key} or slug = ${key}`)
export const allPages = (scope: Scope) => scope.query<StatusPage>(sql`select ${pageColumns} from status_pages order by slug`)
export const insertPage = (scope: Scope, page: StatusPage) =>
  scope.query(sql`insert into status_pages (id, slug, name, visibility, zone, created_at)
    values (${page.id}, ${page.slug}, ${page.name}, ${page.visibility}, ${page.zone}, ${scope.now})`)
export const savePage = (scope: Scope, page: Omit<StatusPage, 'slug'>) =>
  scope.query(sql`update status_pages set name = ${page.name}, visibility = ${page.visibility}, zone = ${page.zone} where id = ${page.id}`)
export const deletePage = (scope: Scope, id: PageId) => scope.query(sql`delete from status_pages where id = ${id}`)

export async function setPageComponents(scope: Scope, id: PageId, componentIds: readonly string[]): Promise<void> {
  await scope.query(sql`delete from status_page_components where page_id = ${id}`)
  if (componentIds.length === 0) return
  const rows = componentIds.map((componentId, position) => ({ componentId, position }))
  await scope.query(sql`insert into status_page_components (page_id, component_id, position)
    select ${id}, "componentId", position from json_to_recordset(${json(rows)}::json) as row ("componentId" text, position int)`)
}

const shown = (scope: Scope, where: Sql) =>
  scope.query<Component & { pageId: PageId }>(sql`select ${componentColumns}, page_id as "pageId" from status_page_components
    join components on components.id = component_id where ${where} order by page_id, position`)
/** The components of every page, in the page's order. */
export const componentsOfPages = (scope: Scope) => shown(scope, sql`true`)
export const componentsOfPage = (scope: Scope, id: PageId) => shown(scope, sql`page_id = ${id}`)
