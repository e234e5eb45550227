// Makes the installation be as it is written: checked first, then saved in the catalogue's order, in the caller's transaction. All of it or nothing.
import type { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { AppError } from '#kernel/errors.ts'
import type { ResourceDefinition } from '#kernel/resource.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { sqlState } from '../database/database.ts'
import { checkRead } from './check.ts'
import { asFault, byPlace, type Place, type PlacedFault } from './faults.ts'
import { plan, type Change, type Thing } from './plan.ts'
import { readFilesInTurns, type SourceFile, type Written } from './read.ts'

const mostFaults = 200

/**
 * Throws AppError 'bad-configuration' whose faults are at `file:line:column`, or 'invalid-input' when a file is no YAML that can be read; then nothing
 * was changed.
 */
export async function applyFiles(
  context: CommandContext,
  resources: readonly ResourceDefinition[],
  files: readonly SourceFile[],
  options: { prune: boolean },
): Promise<Change[]> {
  // Whoever waits in these pauses has a turn, and the database hears that this transaction is alive.
  const reading = await readFilesInTurns(files, resources, () => context.scope.query(sql`select 1`))
  // Two at once would each plan over what the other is changing.
  await context.scope.query(sql`select pg_advisory_xact_lock(7471, 0)`)
  const existing = await readExisting(context.scope, resources)
  const canRemove = (kind: string) => resources.some((resource) => resource.kind === kind && resource.remove !== undefined)
  // What pruning removes is nothing to refer to.
  const staying = options.prune ? new Map([...existing].filter(([kind]) => !canRemove(kind))) : existing
  const { written, faults } = checkRead(reading, resources, staying, existing)
  if (faults.length > 0) throw badConfiguration(faults)

  const ordered = resources.flatMap((resource) => written.filter((item) => item.resource === resource))
  const things: Thing[] = resources.flatMap(({ kind, key }) => existing.get(kind)!.map((spec) => ({ kind, key: key(spec), spec })))
  const changes = plan(
    ordered.map(({ resource, key, spec }) => ({ kind: resource.kind, key, spec })),
    things,
    { ...options, canRemove },
  )
  const nameOf = ({ kind, key }: { kind: string; key: string }) => `${kind} ${key}`
  const befores = new Map(things.map((thing) => [nameOf(thing), thing.spec]))
  const items = new Map(ordered.map((item) => [nameOf({ kind: item.resource.kind, key: item.key }), item]))
  const saved = changes.flatMap((change) => {
    const item = items.get(nameOf(change))
    return item && (change.does === 'add' || change.does === 'change') ? [{ item, before: befores.get(nameOf(change)) }] : []
  })
  for (const ofKind of Map.groupBy(saved, ({ item }) => item.resource).values()) await saveAll(context, ofKind)
  for (const change of changes) if (change.does === 'remove') await remove(context, resources, change, befores.get(nameOf(change)))
  return changes
}

type Saving = { item: Written; before: unknown }

/**
 * In the order in which they are written, but for what another one still stands in the way of: who is the only administrator until somebody else is one, an
 * address that is handed on. That is tried again behind the others, until all are saved or none of those left can be.
 */
async function saveAll(context: CommandContext, all: readonly Saving[]): Promise<void> {
  // Of the first try: what it did before it was refused may be in the way of the second.
  const why = new Map<Saving, PlacedFault[]>()
  let left = all
  for (;;) {
    const refused: Saving[] = []
    for (const one of left) {
      const faults = await save(context, one)
      if (faults.length === 0) continue
      refused.push(one)
      why.set(one, why.get(one) ?? faults)
    }
    if (refused.length === 0) return
    if (refused.length === left.length) throw badConfiguration(refused.flatMap((one) => why.get(one)!).sort(byPlace))
    left = refused
  }
}

/** Every spec there is, complete by its schema's defaults. */
export async function readExisting(scope: Scope, resources: readonly ResourceDefinition[]): Promise<Map<string, unknown[]>> {
  const existing = new Map<string, unknown[]>()
  for (const resource of resources) {
    existing.set(
      resource.kind,
      (await resource.list(scope)).map((spec) => {
        const parsed = (resource.schema as z.ZodType).safeParse(spec)
        return parsed.success ? parsed.data : spec
      }),
    )
  }
  return existing
}

/** What it was refused for. */
async function save(context: CommandContext, { item: { resource, key, spec, placeOf }, before }: Saving): Promise<PlacedFault[]> {
  try {
    await resource.save(context, spec, before)
    return []
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const found = error.faults.length > 0 ? error.faults : [{ path: '', message: `${resource.kind} ${key}: ${error.message}` }]
    return found.map(({ path, message }) => ({ place: placeOf(path), message }))
  }
}

async function remove(
  context: CommandContext,
  resources: readonly ResourceDefinition[],
  { kind, key }: Change,
  spec: unknown,
): Promise<void> {
  try {
    await resources.find((resource) => resource.kind === kind)!.remove!(context, spec)
  } catch (error) {
    const why =
      error instanceof AppError
        ? error.message
        : sqlState(error) === foreignKeyViolation
          ? 'something that happened, or is still there, names it.'
          : undefined
    if (why === undefined) throw error
    throw new AppError(
      'bad-configuration',
      `Nothing was changed: the ${kind} ${key} cannot be removed: ${why} Write it again, or apply without pruning.`,
    )
  }
}

const foreignKeyViolation = '23503'

function badConfiguration(faults: readonly PlacedFault[]): AppError {
  const sentence =
    faults.length === 1
      ? `Nothing was changed: ${inWords(faults[0]!.place)}: ${faults[0]!.message}.`
      : `Nothing was changed: ${faults.length} things are wrong.`
  const code = faults.some(({ unreadable }) => unreadable) ? 'invalid-input' : 'bad-configuration'
  return new AppError(code, sentence, { faults: faults.slice(0, mostFaults).map(asFault) })
}

const inWords = ({ file, line, column }: Place): string => `${file}, line ${line}, column ${column}`
