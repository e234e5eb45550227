// What a statement leaves open is drawn from the seed and not left to the place where its rows lie: without an `order by` they come in any order.
import { Sql } from '#kernel/sql.ts'
import { randomOf } from './random.ts'

/** The rows of this statement, as they might have come as well. */
export type InAnyOrder = <Row>(text: string, rows: Row[]) => Row[]

export function drawOrder(seed: string): InAnyOrder {
  const random = randomOf(seed, 'order of rows')
  return (text, rows) => (rows.length < 2 || /\border by\b/.test(text) ? rows : random.shuffled(rows))
}

/**
 * Where a failure came from names the folder that the code lies in: the same seed would fill other places of the database with it in another folder. So that
 * stays out of what is written down.
 */
export const withoutTraces = ({ strings, values }: Sql): Sql =>
  new Sql(
    strings,
    values.map((value) => (typeof value === 'string' ? value.replace(/\n {4}at .*/s, '') : value)),
  )
