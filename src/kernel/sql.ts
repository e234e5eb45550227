// SQL is written as a tagged template, so that every value is a parameter. There is no way to splice text into a statement.
import sqlTag, { empty, join, Sql } from 'sql-template-tag'

export { empty, join, Sql }
/** ``sql`select … where id = ${id}` ``; fragments nest. */
export const sql = sqlTag

/**
 * A value for a `json` or `jsonb` parameter. No text of the database holds a NUL or half a character: what the outside put into one stands there as the
 * replacement character.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return text.includes('\\u0000') || text.includes('\\ud') ? text.replace(unstorable, '$1\\ufffd') : text
}

/** Behind an even number of backslashes: behind an odd one it is written out. Whole characters are not escaped. */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/** Fragments joined by `and`; `true` when there is none. */
export const allOf = (conditions: Sql[]): Sql => (conditions.length === 0 ? sql`true` : join(conditions, ' and '))
