// Does a command once per key: the second time its first answer is given again, from the row that was written with it.
import { createHash } from 'node:crypto'
import { AppError } from '#kernel/errors.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'

/** What stands around a command in its transaction: `before` may answer in its place, `inSame` keeps the answer that it gave. */
export type Once = {
  before: (tx: Transaction) => Promise<unknown>
  inSame: (tx: Transaction, output: unknown, now: Instant) => Promise<void>
}

/** `key` names the caller too. The same key with another request is AppError 'conflict'. */
export function once(key: string, operation: string, input: unknown, status: number): Once {
  const request = createHash('sha256')
    .update(`${operation}\n${json(input)}`)
    .digest('hex')
  return {
    async before(tx) {
      await tx.query(sql`select pg_advisory_xact_lock(7470, hashtext(${key}))`)
      const [known] = await tx.query<{ request: string; answer: unknown }>(
        sql`select request, answer from idempotency_keys where key = ${key}`,
      )
      if (known && known.request !== request) throw new AppError('conflict', 'This Idempotency-Key was used for another request already.')
      return known?.answer
    },
    async inSame(tx, output, now) {
      await tx.query(
        sql`insert into idempotency_keys (key, request, status, answer, created_at) values (${key}, ${request}, ${status}, ${json(output)}::json, ${now})`,
      )
    },
  }
}
