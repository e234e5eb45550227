// `npm run bench`: every figure beside a peer or the physical limit, in interleaved rounds of one run. Figures differ between machines, ratios less.
// BENCH_ONLY=ingest,notify,storm,followers,visitors,strangers,watchers,at-once,steps,idle,many,flood,growth chooses; BENCH_ON=PostgreSQL or embedded; BENCH_ROUNDS and BENCH_SECONDS make it longer or shorter.
import { cpus, loadavg, totalmem } from 'node:os'
import { startPostgres } from '../real/programs.ts'
import { print, rounds } from './figures.ts'
import { atOnce } from './at-once.ts'
import { manyFollowers } from './followers.ts'
import { flood } from './flood.ts'
import { growth } from './growth.ts'
import { idle } from './idle.ts'
import { ingest } from './ingest.ts'
import { many } from './many-alerts.ts'
import { notify } from './notify.ts'
import type { Setting } from './setting.ts'
import { steps } from './steps.ts'
import { storm } from './storm.ts'
import { strangers } from './strangers.ts'
import { visitors } from './visitors.ts'
import { manyWatchers } from './watchers.ts'

const subjects = {
  ingest,
  notify,
  storm,
  followers: manyFollowers,
  visitors,
  strangers,
  watchers: manyWatchers,
  'at-once': atOnce,
  steps,
  idle,
  many,
  flood,
  growth,
}
const chosen = (process.env['BENCH_ONLY'] ?? Object.keys(subjects).join(',')).split(',') as (keyof typeof subjects)[]
const unknown = chosen.filter((name) => !(name in subjects))
if (unknown.length > 0) throw new Error(`there is no subject ${unknown.join(', ')}; there are ${Object.keys(subjects).join(', ')}`)
const databases = (process.env['BENCH_ON'] ?? 'PostgreSQL,embedded').split(',') as Setting['kind'][]

const load = (): string => `load ${loadavg()[0]!.toFixed(1)}`
print(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; ${load()}`,
)
print(`Medians of ${rounds} interleaved rounds.`)
for (const name of chosen) {
  for (const kind of databases) {
    // A database of its own for each subject: what one leaves behind must not slow the next.
    const postgres = kind === 'PostgreSQL' ? startPostgres(15432) : undefined
    if (kind === 'PostgreSQL' && !postgres) {
      print('PostgreSQL is not installed: its rows are left out.')
      continue
    }
    try {
      await subjects[name]({ kind, databaseUrl: postgres?.url })
      print(`(${load()} at the end)`)
    } finally {
      postgres?.stop()
    }
  }
}
