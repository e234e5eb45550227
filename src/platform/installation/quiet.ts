// Whether this installation is quiet: a restored copy, which pages nobody and acts on nothing until an administrator says go.
import { sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'

/** Since when, and which back-up it came from: when that was made, by which version. */
export type Quiet = { since: Instant; backupAt: Instant; backupVersion: string }

/** Undefined when it works as always. */
export const readQuiet = async (tx: Pick<Transaction, 'query'>): Promise<Quiet | undefined> =>
  (await tx.query<Quiet>(sql`select since, backup_at as "backupAt", backup_version as "backupVersion" from quiet`))[0]

export const beginQuiet = (tx: Pick<Transaction, 'query'>, { since, backupAt, backupVersion }: Quiet): Promise<unknown[]> =>
  tx.query(sql`insert into quiet (id, since, backup_at, backup_version) values (1, ${since}, ${backupAt}, ${backupVersion})`)

/** What it was, when it was quiet until now. */
export const endQuiet = async (tx: Pick<Transaction, 'query'>): Promise<Quiet | undefined> =>
  (await tx.query<Quiet>(sql`delete from quiet returning since, backup_at as "backupAt", backup_version as "backupVersion"`))[0]
