// SQL is written as a tagged template, so that every value is a parameter. There is no way to splice text into a statement.
import sqlTag, { empty, join, Sql } from 'sql-template-tag'

export { empty, join, Sql }
/** ``sql`select … where id = ${id}` ``; fragments nest. */
export const sql = sqlTag

/** A value for a `json` or `jsonb` parameter. */
export const json = (value: unknown): string => JSON.stringify(value ?? null)

/** Fragments joined by `and`; `true` when there is none. */
export const allOf = (conditions: Sql[]): Sql => (conditions.length === 0 ? sql`true` : join(conditions, ' and '))
