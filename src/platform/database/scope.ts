// Makes scopes: the only place where a transaction meets an actor.
import type { Actor } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from './database.ts'

export function scopeOf(tx: Transaction, actor: Actor, now: Instant): Scope {
  return {
    actor,
    now,
    query: (statement) => tx.query(statement),
    first: async (statement) => (await tx.query(statement))[0] as never,
    last: (statement) => tx.last(statement),
    afterCommit: (work) => tx.afterCommit(work),
  }
}
