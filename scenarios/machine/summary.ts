// What many runs add up to, in one line.
import type { Outcome } from './outcome.ts'
import { states } from './sometimes.ts'

export type Summary = { runs: number; operations: number; faults: Map<string, number>; reached: Set<string> }

export const nothing = (): Summary => ({ runs: 0, operations: 0, faults: new Map(), reached: new Set() })

/** Adds one run. */
export function add(summary: Summary, outcome: Outcome): void {
  summary.runs++
  summary.operations += outcome.operations.length
  for (const [kind, count] of outcome.faults) summary.faults.set(kind, (summary.faults.get(kind) ?? 0) + count)
  for (const state of outcome.reached) summary.reached.add(state)
}

/** Runs, operations, faults per kind, states reached, and which were not. */
export function lineOf({ runs, operations, faults, reached }: Summary): string {
  const missing = states.filter((state) => !reached.has(state))
  const kinds = [...faults].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`)
  return `machine: ${runs} runs, ${operations} operations; faults: ${kinds.join(', ') || 'none'}; states reached: ${states.length - missing.length} of ${states.length}${missing.length > 0 ? `, not: ${missing.join(', ')}` : ''}`
}
