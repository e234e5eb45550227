// Lists: `{ items, nextCursor }`, by `limit` (at most 200) and `cursor`.
import { z } from 'zod'

/** Adds `limit` and `cursor` to a list's filters. */
export const listInput = <Shape extends z.ZodRawShape>(filters: Shape) =>
  z.strictObject({
    ...filters,
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(400).optional(),
  })

export const listOutput = <Item extends z.core.$ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() })

export type Listed<Item> = { items: Item[]; nextCursor?: string | undefined }

/** Cuts `limit + 1` rows to a page; the cursor is the sort key of the last row shown. */
export function page<Row, Item>(
  rows: Row[],
  limit: number,
  view: (row: Row) => Item,
  sortKey: (row: Row) => (string | number)[],
): Listed<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(view), nextCursor: rows.length > limit && last ? encodeCursor(sortKey(last)) : undefined }
}

/** Cursors name a position, nothing secret; the HTTP face signs them. */
export const encodeCursor = (key: (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The sort key in a cursor, or undefined when there is no cursor. The HTTP face has already refused a tampered one. */
export function decodeCursor(cursor: string | undefined): (string | number)[] | undefined {
  if (cursor === undefined) return undefined
  return z.array(z.union([z.string(), z.number()])).parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
}
