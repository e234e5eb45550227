// A scope is a transaction as somebody may see it. Store functions take one, and nothing else gives them a transaction.
import type { Actor } from './actor.ts'
import { sql, type Sql } from './sql.ts'
import type { Instant } from './time.ts'

export interface Scope {
  readonly actor: Actor
  readonly now: Instant
  /** All rows of one statement, columns in camelCase as the statement names them. */
  query<Row>(statement: Sql): Promise<Row[]>
  /** The first row, or undefined. */
  first<Row>(statement: Sql): Promise<Row | undefined>
  /** Sent, and nobody needs its answer: the transaction fails when it fails. */
  last(statement: Promise<unknown>): void
  /** Runs after the transaction has committed; never when it has not. */
  afterCommit(work: () => void): void
}

/**
 * The predicate that keeps a team's walls: rows of an open team, of no team, or of a team that the actor is in.
 * `teamColumn` is the row's team; use it in every `where` that reads rows which belong to a team.
 */
export function visible(scope: Scope, teamColumn: Sql): Sql {
  if (scope.actor.rights.seesEverything) return sql`true`
  const own = [...scope.actor.rights.inTeam.keys()]
  // The open teams are read once a statement, and not looked up for every row.
  return sql`(${teamColumn} is null or ${teamColumn} = any(${own}::text[])
    or ${teamColumn} in (select wall.id from teams wall where not wall.members_only))`
}
