import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '#platform/database/database.ts'
import { freshDatabase } from '../world/database.ts'
import { run } from './machine.ts'
import { seedAfter } from './random.ts'
import { keptSeeds } from './seeds.ts'
import { report } from './shrink.ts'
import { add, lineOf, nothing } from './summary.ts'

/** How long new seeds are tried, in seconds. */
const budgetSeconds = Number(process.env['MACHINE_SECONDS'] ?? 45)
/** One series, so that the same code has the same answer: what is new in it is the code. `npm run machine` has another one each day. */
const from = process.env['MACHINE_FROM'] ?? 'tocsin'
const summary = nothing()
let database: Database
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.close())

/** A run that is longer is cut off here, and what must always hold has held so far; `npm run machine` goes on to its end. */
const until = 1500

async function holds(seed: string): Promise<string> {
  const outcome = await run({ seed, until }, database)
  add(summary, outcome)
  expect(outcome.failure, outcome.failure && report(outcome)).toBeUndefined()
  return outcome.hash
}

test.each(keptSeeds())('seed $seed comes to a right end: $why', async ({ seed }) => void (await holds(seed)), 300_000)

test('the same seed gives the same record, byte for byte', async () => {
  const seed = 'd06b8177c291'
  expect(await holds(seed)).toBe(await holds(seed))
}, 300_000)

test(
  'whatever goes wrong, new seeds come to a right end',
  async () => {
    const began = performance.now()
    for (let n = 0; performance.now() - began < budgetSeconds * 1000; n++) await holds(seedAfter(from, n))
    process.stdout.write(`${lineOf(summary)}\n`)
    expect(summary.runs).toBeGreaterThan(0)
  },
  (budgetSeconds + 300) * 1000,
)
