// What the seed has no part in: before a run, and after it.
import { sql } from '#kernel/sql.ts'
import type { Database } from '#platform/database/database.ts'
import { Violation } from './record.ts'
import type { Schedule } from './schedule.ts'

/** Lets everything of one task of a node happen at once. Throws what it throws, and a Violation when it waits for something that never comes. */
export async function wholly<T>(schedule: Schedule, name: string, node: string, work: () => Promise<T>): Promise<T> {
  let answer: { value: T } | { error: unknown } | undefined
  schedule.begin(name, node, work, (value, error) => (answer = error === undefined ? { value: value as T } : { error }))
  for (;;) {
    await schedule.stillness()
    if (answer && 'error' in answer) throw answer.error
    if (answer) return answer.value
    const [next] = schedule.ready(new Set())
    if (!next) throw new Violation('liveness', `${name} waits for something that never comes`)
    await schedule.let(next)
  }
}

/** A fresh installation's tables. */
export async function emptyDatabase(database: Database): Promise<void> {
  const tables = await database.transaction((tx) =>
    tx.query<{ name: string }>(
      sql`select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations' order by 1`,
    ),
  )
  await database.script(`truncate ${tables.map(({ name }) => `"${name}"`).join(', ')} restart identity cascade`)
}
