// Every statement on the rows of processes: many at once, each as if it were alone.
import { allOfThem, gather } from '#kernel/gather.ts'
import type { AnyProcess, ProcessDefinition } from '#kernel/process.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'

export type Row = { version: number; state: unknown; reason: string; step: number; wakeAt: Instant | null; endedAt: Instant | null }

export const laneOf = (process: string, key: string): string => `${process}/${key}`

export type Named = { definition: AnyProcess; key: string }

const named = (all: readonly Named[]) =>
  sql`unnest(${all.map(({ definition }) => definition.name)}::text[], ${all.map(({ key }) => key)}::text[])`

const placeIn = <One extends { name: string; key: string }>(all: readonly One[]) => {
  const places = new Map(all.map((one) => [laneOf(one.name, one.key), one]))
  return ({ definition, key }: Named) => places.get(laneOf(definition.name, key))
}

const initialOf = ({ definition, key }: Named): unknown => (definition as unknown as ProcessDefinition<unknown>).initial(key)

/** The reason of a process that has decided nothing. */
export const notBegun = 'not begun'

export const begunRow = (definition: AnyProcess, key: string): Row => ({
  version: definition.version,
  state: JSON.parse(json(initialOf({ definition, key }))),
  reason: notBegun,
  step: 0,
  wakeAt: null,
  endedAt: null,
})

async function insertNew(tx: Transaction, all: readonly Named[], where: Sql): Promise<boolean[]> {
  const rows = all.map(({ definition, key }) => ({
    name: definition.name,
    key,
    version: definition.version,
    state: initialOf({ definition, key }),
  }))
  const find = placeIn(
    await tx.query<{ name: string; key: string }>(sql`insert into processes (name, key, version, state, reason)
      select name, key, version, state, ${notBegun} from json_to_recordset(${json(rows)}::json) as row (name text, key text, version int, state json)
      where ${where} order by name, key on conflict do nothing returning name, key`),
  )
  return all.map((one) => find(one) !== undefined)
}

/** True when it did not exist before. */
const begin = gather((tx: Transaction, all: readonly Named[]) => insertNew(tx, all, sql`true`))

/**
 * True when it did not exist before, and nothing waits for it: what it was told to begin with may have been left to a worker, and what it is told after that
 * may not overtake it. An alarm without its process belongs to what was forgotten, and keeps nobody waiting.
 */
export const beginUnawaited = gather((tx: Transaction, all: readonly Named[]) =>
  insertNew(
    tx,
    all,
    sql`name || '/' || key <> all(array(select lane from jobs
      where kind = 'process' and lane = any(${all.map(({ definition, key }) => laneOf(definition.name, key))}::text[]) and parked_at is null
        and payload #>> '{input,type}' is distinct from 'woke'))`,
  ),
)

/** A process whose state was written by a newer version than this one. */
export class TooNew extends Error {}

/** Somebody else has begun a process while this transaction was about to: it is done again, for what it has read may be older. */
class BegunElsewhere extends Error {
  /** As PostgreSQL says that a race was lost. */
  readonly code = '40001'
}

/** The rows of processes, which begin with this when they do not exist, held until the transaction ends. Throws TooNew. */
export const hold = gather(async (tx: Transaction, all: readonly Named[]): Promise<Row[]> => {
  const find = placeIn(await lock(tx, all))
  return allOfThem(
    all.map(async (one) => {
      const { name, version } = one.definition
      const row = find(one)
      if (!row && !(await begin(tx, one))) throw new BegunElsewhere(`process ${name} ${one.key} was begun by another transaction`)
      if (row && row.version > version)
        throw new TooNew(`process ${name} ${one.key} is of version ${row.version}, and this node knows version ${version}`)
      return row ?? begunRow(one.definition, one.key)
    }),
  )
})

const lock = (tx: Transaction, all: readonly Named[]) =>
  tx.query<
    Row & { name: string; key: string }
  >(sql`select name, key, version, state, reason, step, wake_at as "wakeAt", ended_at as "endedAt"
    from processes where (name, key) in (select * from ${named(all)}) order by name, key for update`)

export const forget = gather(async (tx: Transaction, all: readonly Named[]) => {
  await tx.query(sql`delete from processes where (name, key) in (select * from ${named(all)})`)
  return all
})

export const save = gather(async (tx: Transaction, all: readonly (Row & { name: string; key: string })[]) => {
  await tx.query(sql`update processes set version = row.version, state = row.state, reason = row.reason, step = row.step, wake_at = row."wakeAt", ended_at = row."endedAt"
    from json_to_recordset(${json(all)}::json) as row (name text, key text, version int, state json, reason text, step int, "wakeAt" timestamptz, "endedAt" timestamptz)
    where processes.name = row.name and processes.key = row.key`)
  return all
})
