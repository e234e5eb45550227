// `npm run machine`: runs seeds against the real engine until one fails or the time is up.
//   --seed 8f3a… [--until 1432]   one, with its whole history     --seeds 200   so many     --minutes 60   for so long
//   --from text   where the series of seeds begins                --mutants     every deliberate bug must be found (--only text: some of them)
//   --real [--minutes 10] [--seed 8f3a…]   real processes on a real PostgreSQL
import { parseArgs } from 'node:util'
import { freshDatabase } from '../world/database.ts'
import { run } from './machine.ts'
import { tryMutants } from './mutants/try.ts'
import { seedAfter } from './random.ts'
import { realRuns } from './real/summary.ts'
import { keptSeeds } from './seeds.ts'
import { report, shrink } from './shrink.ts'
import { add, lineOf, nothing } from './summary.ts'

const options = {
  seed: { type: 'string' },
  until: { type: 'string' },
  seeds: { type: 'string' },
  minutes: { type: 'string' },
  // Of every day another series.
  from: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  shrink: { type: 'boolean', default: true },
  mutants: { type: 'boolean', default: false },
  only: { type: 'string' },
  real: { type: 'boolean', default: false },
} as const
const { values } = parseArgs({ options, allowNegative: true })
const say = (text: string) => void process.stdout.write(`${text}\n`)

process.exitCode = values.real
  ? await realRuns(say, { minutes: Number(values.minutes ?? 10), seed: values.seed, from: values.from })
  : values.mutants
    ? await tryMutants(say, values.seeds ? Number(values.seeds) : 120, values.only)
    : await seeds()
// An embedded database keeps the process alive, and closing it gives nothing back.
process.exit()

/** 1 when a seed failed. */
async function seeds(): Promise<number> {
  const database = await freshDatabase()
  const began = performance.now()
  const summary = nothing()
  const most = values.seed ? 1 : Number(values.seeds ?? (values.minutes ? 1e9 : 20))
  const kept = keptSeeds()
  for (let n = 0; n < most && performance.now() - began < Number(values.minutes ?? 1e9) * 60_000; n++) {
    const seed = values.seed ?? kept[n]?.seed ?? seedAfter(values.from, n)
    const outcome = await run({ seed, ...(values.until ? { until: Number(values.until) } : {}) }, database)
    add(summary, outcome)
    say(`machine seed=${seed} ops=${outcome.operations.length} steps=${outcome.steps} hash=${outcome.hash} faults=${outcome.active.length}`)
    if (outcome.failure) {
      say(`it failed: ${outcome.failure.invariant}: ${outcome.failure.sentence}`)
      if (values.seed && values.until) say(report(outcome))
      else if (values.shrink) say(report(await shrink(outcome, database)))
      return 1
    }
    if (values.seed)
      for (const { step, at, node, what, why } of outcome.history) say(`${step}  ${at.slice(0, 19)}  ${node}  ${what}  ${why}`)
  }
  say(`${lineOf(summary)}; ${((performance.now() - began) / 1000 / Math.max(1, summary.runs)).toFixed(1)} s per run`)
  return 0
}
