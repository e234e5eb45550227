// How a plan of PostgreSQL finds the rows of its tables: by a condition on an index, or by reading all there is.

/** A node of what `explain (format json)` says, as far as it is read here. */
export type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Filter?: string
  'Parent Relationship'?: string
  Plans?: Plan[]
}

/**
 * A table that a statement reads. `wholly`: from one end to the other, along the index where one is named. `within`: the part of the statement that is
 * planned by itself.
 */
export type Read = { table: string; index: string | undefined; wholly: boolean; within: Plan }

const isReading = /^(Seq|Sample|Index|Index Only|Bitmap Index) Scan$/
// These hand on each row as it comes from below: when enough have come, the reading ends.
const handsOn = new Set(['LockRows', 'Subquery Scan', 'Append', 'Merge Append', 'Nested Loop', 'Result', 'ProjectSet'])
const isAskedAnew = new Set(['Inner', 'SubPlan', 'InitPlan'])

/** Every reading of a table. One along an index in its order that ends at a limit does not go to the end, unless it passes over rows on its way. */
export function readsOf(
  plan: Plan,
  above: { ends: boolean; table?: string | undefined; within: Plan } = { ends: false, within: plan },
): Read[] {
  const { 'Node Type': kind, 'Index Name': index, 'Index Cond': condition, Filter: passesOver } = plan
  const table = plan['Relation Name'] ?? above.table
  const below = (plan.Plans ?? []).flatMap((child) => {
    const relationship = child['Parent Relationship'] ?? ''
    const ends = !isAskedAnew.has(relationship) && (kind === 'Limit' || (above.ends && handsOn.has(kind)))
    return readsOf(child, { ends, table, within: relationship === 'InitPlan' ? child : above.within })
  })
  if (table === undefined || !isReading.test(kind)) return below
  const isFound = index !== undefined && (condition !== undefined || (above.ends && passesOver === undefined))
  return [{ table, index, wholly: !isFound, within: above.within }, ...below]
}
