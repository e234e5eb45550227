// Makes Fernhill: its configuration, applied as anybody's would be, and a month lived through by the real engine on a moved clock.
import { fileURLToPath } from 'node:url'
import { system } from '#kernel/actor.ts'
import { Secret } from '#kernel/secret.ts'
import { addSeconds, type Clock, type Instant } from '#kernel/time.ts'
import { makeFirstAdministrator } from '#domains/directory/index.ts'
import type { Config } from '#platform/config/config.ts'
import { openEmbedded } from '#platform/database/embedded.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { readFolder } from '../cli/files.ts'
import { migrationsFolder } from '../node.ts'
import { play } from './incidents.ts'
import { playToNow } from './now.ts'
import { integrationKeys, liveThrough, ordinaryHappenings } from './ordinary-days.ts'
import { createStage, type Stage } from './stage.ts'
import { stories } from './stories.ts'

const seed = 2417
const days = 30

/** Fills the data folder of `config`, which must be new; the month ends when it is done. `password` is Mara's; `told` hears how far it is. */
export async function makeFernhill(config: Config, live: Clock, password: string, told: (line: string) => void): Promise<void> {
  const database = await openEmbedded(config.dataFolder, { durable: false })
  try {
    await migrate(database, readMigrations(migrationsFolder))
    const stage = createStage(config, database, addSeconds(live.now(), -days * 86_400), seed)
    await setUp(stage, password)
    await liveTheMonth(stage, live.now(), told)
    await playToNow(stage, live.now())
  } finally {
    await database.close()
  }
}

/** The organisation, its integrations, connections and runbooks; `password` is Mara's. */
export async function setUp(stage: Stage, password: string): Promise<void> {
  await stage.engine.transact(system('demo'), (context) =>
    makeFirstAdministrator(context, {
      email: 'mara@fernhill.example',
      password: new Secret(password),
      token: undefined,
      organisation: 'Fernhill',
      zone: 'Europe/Berlin',
    }),
  )
  const folder = fileURLToPath(new URL('fernhill', import.meta.url))
  await stage.ask('mara', 'configuration.apply', { files: readFolder(folder) })
  await stage.ask('mara', 'integrations.add', { name: 'Prometheus, production', kind: 'alertmanager', key: integrationKeys.prometheus })
  await stage.ask('mara', 'integrations.add', { name: 'Jobs', kind: 'pagerduty', key: integrationKeys.heartbeats })
  for (const slug of ['deploys', 'metrics'])
    await stage.ask('mara', 'runbooks.addConnection', {
      slug,
      name: slug === 'deploys' ? 'Deployments' : 'Metrics',
      address: `https://${slug}.fernhill.example`,
      secret: 'nobody needs to know',
    })
  for (const slug of ['bad-deploy', 'tell-everybody']) await stage.ask('mara', 'runbooks.addShipped', { slug })
}

/** Ordinary days and incidents in the order of their times, up to the last hours before `now`. */
async function liveTheMonth(stage: Stage, now: Instant, told: (line: string) => void): Promise<void> {
  const from = stage.now()
  const quiet = addSeconds(now, -150 * 60)
  const happenings = [
    ...ordinaryHappenings(stage, addSeconds(from, 3600), quiet).map((one) => ({ at: one.at, live: () => liveThrough(stage, one) })),
    ...stories.map((story) => {
      const day = addSeconds(now, -story.daysAgo * 86_400).slice(0, 10)
      const at = `${day}T${String(story.hour).padStart(2, '0')}:01:00.000Z` as Instant
      return { at, live: async () => void (await play(stage, story, at)) }
    }),
  ].sort((a, b) => (a.at < b.at ? -1 : 1))
  let shown = 0
  for (const { at, live } of happenings) {
    await stage.until(at)
    const day = Math.floor((Date.parse(at) - Date.parse(from)) / 86_400_000)
    if (day >= shown + 5) told(`day ${(shown = day)} of ${days}`)
    await live()
  }
}
