// Which statements the product sends while it is tested: with TEST_STATEMENTS, a folder, each is noted there once a process, with the place that asked it.
// `ops/plans` looks at how the database finds what they read.
import { appendFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sql } from '#kernel/sql.ts'
import type { Database, TransactionOptions } from '#platform/database/database.ts'

/** `looksThrough`: its transaction is planned for its values. `place`: the file that asked it, and the line. */
export type Noted = { text: string; values: number; looksThrough: boolean; place: string }

const project = fileURLToPath(new URL('../..', import.meta.url))
const folder = process.env['TEST_STATEMENTS']
const known = new Set<string>()

/** The same database; what it is asked is noted, when anybody wants to know. */
export function noting(database: Database): Database {
  if (folder === undefined) return database
  return {
    ...database,
    transaction: (work, options) =>
      database.transaction((tx) => work({ ...tx, query: (statement) => (note(folder, statement, options), tx.query(statement)) }), options),
  }
}

function note(into: string, { text, values }: Sql, { looksThrough = false }: TransactionOptions = {}): void {
  const key = `${looksThrough} ${text}`
  if (known.has(key)) return
  const place = placeOf(new Error())
  // What tests ask themselves does not count.
  if (!place?.startsWith('src/') || /\.test\.ts|\/fixtures\//.test(place)) return
  known.add(key)
  const noted: Noted = { text, values: values.length, looksThrough, place }
  appendFileSync(join(into, `${process.pid}.jsonl`), `${JSON.stringify(noted)}\n`)
}

/** Through what every statement goes. */
const onTheWay = /^(scenarios\/(world\/(noted|world)|machine\/node)|src\/kernel\/gather|src\/platform\/database\/scope|node_modules\/.*)/

const placeOf = ({ stack = '' }: Error): string | undefined =>
  stack
    .split('\n')
    .flatMap((line) => /(?:file:\/\/)?(\/[^()]+?:\d+):\d+\)?$/.exec(line)?.[1] ?? [])
    .map((path) => relative(project, path))
    .find((path) => !onTheWay.test(path))
