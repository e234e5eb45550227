// Makes a failure small: first operations are halved, then faults, then the organisation, each as long as the same invariant still fails.
import type { Database } from '#platform/database/database.ts'
import { run } from './machine.ts'
import type { Outcome, Setup } from './outcome.ts'

/** The smallest outcome found within so many runs. `failed` must be a failure. */
export async function shrink(failed: Outcome, database: Database, mostRuns = 30): Promise<Outcome> {
  let best = failed
  let runs = 0
  const stillFails = async (setup: Setup): Promise<boolean> => {
    if (runs++ >= mostRuns) return false
    const outcome = await run(setup, database)
    if (outcome.failure?.invariant !== failed.failure?.invariant) return false
    best = outcome
    return true
  }
  const fewer = async (all: readonly number[], setupOf: (left: readonly number[]) => Setup): Promise<readonly number[]> => {
    let left = all
    for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2))
      for (let from = 0; from < left.length;) {
        const rest = [...left.slice(0, from), ...left.slice(from + size)]
        if (await stillFails(setupOf(rest))) left = rest
        else from += size
      }
    return left
  }
  await fewer(
    failed.operations.map(({ n }) => n),
    (only) => ({ ...best.setup, only }),
  )
  const kinds = best.active
  await fewer(
    kinds.map((_, n) => n),
    (left) => ({ ...best.setup, without: kinds.filter((_, n) => !left.includes(n)) }),
  )
  for (const people of [3, 1]) if (!(await stillFails({ ...best.setup, people }))) break
  return best
}

/** The failure for a person: what happened, in order, and the lines that repeat it. */
export function report({ setup, failure, history, operations, steps }: Outcome): string {
  const rows = history.slice(-60).map(({ step, at, node, what, why }) => [String(step), at.slice(0, 19), node, what, why] as const)
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length), 0))
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const left = JSON.stringify({ ...setup, only: operations.map(({ n }) => n) })
  return [
    `${failure?.invariant}: ${failure?.sentence}`,
    '',
    ...table,
    '',
    `again:  npm run machine -- --seed ${setup.seed} --until ${steps + 1}`,
    `test('${failure?.invariant} holds', async () => expect((await run(${left}, database)).failure).toBeUndefined())`,
  ].join('\n')
}
