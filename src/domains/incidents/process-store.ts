// Every statement on processes and their versions. A version is never changed: incidents that began with it end with it.
import { isDeepStrictEqual } from 'node:util'
import type { Scope } from '#kernel/scope.ts'
import { json, sql } from '#kernel/sql.ts'
import { ProcessSpec, type Process } from './process-definition.ts'
import { shippedProcesses } from './shipped.ts'

type Row = { slug: string; version: number; definition: unknown; shipped: boolean; retired: boolean }

/** The process at the version that an incident began with. Throws when it is gone, which the database does not allow. */
export async function processAt(scope: Scope, slug: string, version: number): Promise<Process> {
  const row = await scope.first<{ definition: unknown }>(
    sql`select definition from incident_processes where slug = ${slug} and version = ${version}`,
  )
  if (!row) throw new Error(`the process ${slug} has no version ${version}`)
  return { ...ProcessSpec.parse(row.definition), version }
}

/**
 * Every process in force, by slug. One that comes with the product counts from the start; its newer text counts too, as long as nobody saved
 * one of their own under its slug. The version is the one that an incident declared now would get.
 */
export async function listProcesses(scope: Scope): Promise<Process[]> {
  const rows = await scope.query<Row>(
    sql`select distinct on (slug) slug, version, definition, shipped, retired_at is not null as retired from incident_processes order by slug, version desc`,
  )
  const stored = rows.map((row) => ({ ...row, spec: ProcessSpec.parse(row.definition) }))
  const found = stored
    .filter((row) => !row.retired)
    .map((row) => {
      const shipped = row.shipped ? shippedProcesses.find((process) => process.slug === row.slug) : undefined
      return shipped && !isDeepStrictEqual(shipped, row.spec)
        ? { ...shipped, version: row.version + 1 }
        : { ...row.spec, version: row.version }
    })
  const untouched = shippedProcesses
    .filter((process) => !rows.some((row) => row.slug === process.slug))
    .map((process) => ({ ...process, version: 1 }))
  return [...found, ...untouched].sort((a, b) => (a.slug < b.slug ? -1 : 1))
}

/** The process in force with this slug, or undefined. */
export const findProcess = async (scope: Scope, slug: string): Promise<Process | undefined> =>
  (await listProcesses(scope)).find((process) => process.slug === slug)

/** Makes sure that the version in force is stored, before an incident begins with it. */
export async function pinProcess(scope: Scope, process: Process): Promise<void> {
  const { version, ...spec } = process
  await insertVersion(scope, spec, version, 'system', true)
}

/** Saves a version of somebody's own; returns its number. */
export async function saveProcess(scope: Scope, spec: ProcessSpec, savedBy: string): Promise<number> {
  await scope.query(sql`select pg_advisory_xact_lock(7474, hashtext(${spec.slug}))`)
  const last = await scope.first<{ version: number }>(
    sql`select coalesce(max(version), 0) as version from incident_processes where slug = ${spec.slug}`,
  )
  const shipped = shippedProcesses.some((process) => process.slug === spec.slug)
  // The shipped text is version 1 of its slug, also when nobody has used it yet.
  const version = Math.max(last!.version, shipped ? 1 : 0) + 1
  await insertVersion(scope, spec, version, savedBy, false)
  return version
}

/** Takes it out of force; its incidents keep their version. */
export async function retireProcess(scope: Scope, spec: ProcessSpec, by: string): Promise<void> {
  const version = await saveProcess(scope, spec, by)
  await scope.query(sql`update incident_processes set retired_at = ${scope.now} where slug = ${spec.slug} and version = ${version}`)
}

export type SavedVersion = { version: number; savedBy: string; savedAt: string; shipped: boolean }
export const versionsOf = (scope: Scope, slug: string) =>
  scope.query<SavedVersion>(
    sql`select version, saved_by as "savedBy", saved_at as "savedAt", shipped from incident_processes where slug = ${slug} order by version desc limit 100`,
  )

const insertVersion = (scope: Scope, spec: ProcessSpec, version: number, savedBy: string, shipped: boolean) =>
  scope.query(sql`insert into incident_processes (slug, version, definition, shipped, saved_by, saved_at) values (${spec.slug}, ${version}, ${json(spec)}::json, ${shipped}, ${savedBy}, ${scope.now})
    on conflict (slug, version) do nothing`)
