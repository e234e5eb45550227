// Asks a PostgreSQL how it would find the rows of a statement on a connection of the product: by the one plan that is kept for whatever values come.
import type pg from 'pg'
import { few, short } from './allowed.ts'
import { readsOf, type Plan, type Read } from './plan.ts'

/** What a statement reads to its end although it grows; and `beside`: although it is small, for beside it the way to what grows was not chosen. */
export type Walk = { table: string; index: string | undefined; beside: string | undefined }

/** `used` hears of each small table and short index that was read to its end. */
export async function walksOf(client: pg.Client, text: string, values: number, used: (name: string) => void = () => {}): Promise<Walk[]> {
  await client.query(`prepare asked as ${text}`)
  const given = values === 0 ? '' : `(${Array.from({ length: values }, () => 'null').join()})`
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) execute asked${given}`)
  await client.query('deallocate asked')
  const reads = readsOf(rows[0]!['QUERY PLAN'][0].Plan)
  return reads.filter(({ wholly }) => wholly).flatMap((read) => walk(read, reads, used))
}

function walk({ table, index, within }: Read, reads: readonly Read[], used: (name: string) => void): Walk[] {
  const isShort = index !== undefined && index in short
  if (!isShort && !(table in few)) return [{ table, index, beside: undefined }]
  used(isShort ? index : table)
  // A whole table counts as so dear that every way to the others seems alike beside it.
  const beside = index === undefined ? reads.find((other) => other.within === within && !(other.table in few)) : undefined
  return beside === undefined ? [] : [{ table, index, beside: beside.table }]
}

/** Whether this can be planned: settings and cursors cannot. */
export const isPlanned = (text: string): boolean => /^\s*(select|with|insert|update|delete|merge|values)\b/i.test(text)
