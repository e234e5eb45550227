// The embedded database has nobody beside it who tidies up, as a server has its autovacuum: rows that are over would stay for ever, and what is counted or
// looked through would be read from the wide rows. So it is done here, by a server's own rule, a table at a time and between two transactions.
import { sql } from '#kernel/sql.ts'
import type { Database } from './database.ts'

// Of a table with so many rows, this many changes and this share of its rows. Counts begin anew at each start; what was never tidied is so once it is large.
const changes = 1000
const share = 0.2
const largeBytes = 1024 * 1024
// Nothing else is done while a table is tidied. One that takes long waits its hour.
const longBytes = 32 * 1024 * 1024
const longEveryMs = 3_600_000

const due = sql`
  select quote_ident(c.relname) as name, pg_relation_size(c.oid) > ${longBytes} as "takesLong"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
    join pg_stat_user_tables s on s.relid = c.oid
  where c.relkind = 'r' and (greatest(s.n_dead_tup, s.n_ins_since_vacuum, s.n_mod_since_analyze) > ${changes} + ${share}::float * greatest(c.reltuples, 0)
    or c.reltuples < 0 and pg_relation_size(c.oid) > ${largeBytes})
  order by c.relname`

/** Tidies what is due, and says which tables those were. `waits` is asked about those that take long. */
export async function tidy(database: Database, waits: (name: string) => boolean = () => false): Promise<string[]> {
  const rows = await database.transaction((tx) => tx.query<{ name: string; takesLong: boolean }>(due))
  const names = rows.flatMap(({ name, takesLong }) => (takesLong && waits(name) ? [] : [name]))
  for (const name of names) await database.script(`vacuum (analyze) ${name}`)
  return names
}

/** Looks every so often. Answers the function that ends it, and resolves when nothing is tidied any more. What fails is a warning, and is tried again. */
export function keepTidy(database: Database, everyMs: number): () => Promise<void> {
  const last = new Map<string, number>()
  const waits = (name: string) => performance.now() < (last.get(name) ?? -Infinity) + longEveryMs
  let tidying: Promise<unknown> = Promise.resolve()
  const look = async () => {
    for (const name of await tidy(database, waits)) last.set(name, performance.now())
  }
  const timer = setInterval(() => void (tidying = tidying.then(look).catch((error: Error) => process.emitWarning(error))), everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await tidying
  }
}
