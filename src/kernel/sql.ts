// SQL is written as a tagged template, so that every value is a parameter. There is no way to splice text into a statement.
import sqlTag, { empty, join, Sql } from 'sql-template-tag'

export { empty, join, Sql }
/** ``sql`select … where id = ${id}` ``; fragments nest. */
export const sql = sqlTag

/** A value for a `json` or `jsonb` parameter. No text of the database holds a NUL: what the outside put into one stands there as the replacement character. */
export function json(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return text.includes('\\u0000') ? text.replace(escapedNul, '$1\\ufffd') : text
}

/** Behind an even number of backslashes: behind an odd one it is written out, and no NUL. */
const escapedNul = /(?<!\\)((?:\\\\)*)\\u0000/g

/** Fragments joined by `and`; `true` when there is none. */
export const allOf = (conditions: Sql[]): Sql => (conditions.length === 0 ? sql`true` : join(conditions, ' and '))
