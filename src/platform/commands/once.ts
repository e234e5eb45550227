// Does a command once per key: the second time its first answer is given again, from the row that was written with it.
import { createHash } from 'node:crypto'
import { AppError } from '#kernel/errors.ts'
import type { Signer, Vault } from '#kernel/secret.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'

/** What stands around a command in its transaction: `before` may answer in its place, `inSame` keeps the answer that it gave. */
export type Once = {
  before: (tx: Transaction) => Promise<unknown>
  inSame: (tx: Transaction, output: unknown, now: Instant) => Promise<void>
}

/** With what an answer is kept closed, and a request known again. */
export type Keys = { vault: Vault; signer: Signer }

/**
 * `key` names the caller too. The same key with another request is AppError 'conflict'. What people send and are answered holds passwords and tokens that
 * are shown once: with `keys` the answer is sealed, and the request known by a signature, which nobody can try passwords against.
 */
export function once(key: string, operation: string, input: unknown, status: number, keys?: Keys): Once {
  const request = createHash('sha256')
    .update(`${operation}\n${json(input)}`)
    .digest('hex')
  const place = `idempotency_keys/${key}/answer`
  // A node of the version before takes a signed one for another request, and so gives no sealed answer out.
  const isThis = (known: string) =>
    keys && known.startsWith(signed) ? keys.signer.verify(request, known.slice(signed.length), purpose) !== 'invalid' : known === request
  return {
    async before(tx) {
      await tx.query(sql`select pg_advisory_xact_lock(7470, hashtext(${key}))`)
      const [known] = await tx.query<{ request: string; answer: unknown }>(
        sql`select request, answer from idempotency_keys where key = ${key}`,
      )
      if (known && !isThis(known.request)) throw new AppError('conflict', 'This Idempotency-Key was used for another request already.')
      const sealed = (known?.answer as { sealed?: unknown } | null | undefined)?.sealed
      return keys && known?.request.startsWith(signed)
        ? (JSON.parse(keys.vault.unseal(String(sealed), place).open()) as unknown)
        : known?.answer
    },
    async inSame(tx, output, now) {
      const [known, answer] = keys
        ? [`${signed}${keys.signer.sign(request, purpose)}`, { sealed: keys.vault.seal(json(output), place) }]
        : [request, output]
      await tx.query(
        sql`insert into idempotency_keys (key, request, status, answer, created_at) values (${key}, ${known}, ${status}, ${json(answer)}::json, ${now})`,
      )
    },
  }
}

const signed = 'signed '
const purpose = 'idempotency request'
