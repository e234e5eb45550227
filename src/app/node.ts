// One node, assembled: database, engine, worker, server, from a configuration. The composition root as one readable list.
import { randomBytes, randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { system } from '#kernel/actor.ts'
import { idSource } from '#kernel/ids.ts'
import type { Secret } from '#kernel/secret.ts'
import { instant, type Clock } from '#kernel/time.ts'
import { sql } from '#kernel/sql.ts'
import { createEngine, type Engine, type EngineParts } from '#platform/commands/engine.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { poolSize } from '#platform/database/gate.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { createLive } from '#platform/events/live.ts'
import { createHttpServer } from '#platform/http/server.ts'
import { createInbound } from '#platform/http/inbound.ts'
import { readQuiet } from '#platform/installation/quiet.ts'
import { createWorker } from '#platform/jobs/worker.ts'
import { createLog, type Log } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { forbidGlobalFetch } from '#platform/outbound/seal.ts'
import { createSigner, createVault, masterKeys } from '#platform/secrets/vault.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { actorOfSession, actorOfToken, makeFirstAdministrator, triedSignIn } from '#domains/directory/index.ts'
import { ensurePushKeys } from '#domains/notifications/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import { createBacklogReader } from './backlog.ts'
import { createRehearsal, startHeartbeat } from './heartbeat.ts'
import { createIntake } from './intake.ts'
import { createOutage } from './outage/outage.ts'
import { openSpool } from './outage/spool.ts'
import { catalogue } from './wiring.ts'
import { version } from './version.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const migrationsFolder = join(root, 'migrations')

/** The one live clock. */
export const clock: Clock = { now: () => instant(Date.now()) }

// A commit takes milliseconds; one that takes longer than this waits for a database that is cut off.
const silentAfterMs = 8000

export type RunningNode = { engine: Engine; address: string; stop(): Promise<void> }

/** Opens the database as it is. */
export const openAsItIs = async (config: Config, log: Log): Promise<Database> =>
  config.databaseUrl
    ? openPostgres(config.databaseUrl.open(), {
        poolSize,
        onError: (err) => log.warn({ err }, 'a database connection was lost'),
        name: randomBytes(6).toString('hex'),
      })
    : (await import('#platform/database/embedded.ts')).openEmbedded(config.dataFolder)

/** Opens the database and brings it to the newest version. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  const database = await openAsItIs(config, log)
  const applied = await migrate(database, readMigrations(migrationsFolder))
  if (applied.length > 0) log.info({ applied }, 'the database was brought up to date')
  return database
}

/** The engine over a database, without server or worker: what the CLI's offline verbs use. `replaced` stands in for parts of it (the demo's world). */
export function assembleEngine(
  config: Config,
  database: Database,
  settings: ReadonlyMap<string, Secret | undefined> = new Map([['smtpUrl', config.smtpUrl]]),
  replaced: Partial<EngineParts> = {},
): Engine {
  const keys = masterKeys(config.secretKey, config.secretKeyFile)
  return createEngine({
    catalogue,
    database,
    clock,
    newId: idSource(clock, () => randomInt(2 ** 32)),
    live: createLive(),
    vault: createVault(keys),
    signer: createSigner(keys),
    outbound: createOutbound({ allowHosts: () => config.allowHosts, userAgent: `Tocsin/${version}` }),
    publicUrl: config.publicUrl,
    channels: channelsOf(integrations),
    sources: new Map(
      integrations.flatMap((integration) => (integration.sources ? [[integration.id, integration.sources.webhook] as const] : [])),
    ),
    settings: (name) => settings.get(name),
    randomBytes,
    ...replaced,
  })
}

/** Starts a node: `only` leaves out the worker or the web. Resolves when it serves. */
export async function startNode(
  config: Config,
  only: 'web' | 'worker' | undefined,
  replaced: Partial<EngineParts> = {},
): Promise<RunningNode> {
  const log = createLog(config.logLevel)
  const metrics = createMetrics()
  const cleanUps: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  }
  try {
    const database = await openDatabase(config, log)
    cleanUps.push(() => database.close())
    const settings = new Map([
      ['smtpUrl', config.smtpUrl],
      ['heartbeatUrl', config.heartbeat.url],
    ])
    const engine = assembleEngine(config, database, settings, replaced)
    forbidGlobalFetch()
    settings.set('vapid', await engine.transact(system('notifications.push-keys'), ensurePushKeys))
    await firstStart(engine, config)

    const outage = createOutage({
      engine,
      spool: openSpool(join(config.dataFolder, 'spool'), () => engine.newId('evt')),
      channels: channelsOf(integrations),
      settings: (name) => settings.get(name),
      log,
      metrics,
    })
    const intake = createIntake(engine, {
      outage,
      rehearsal: createRehearsal(engine),
      ...(database.kind === 'postgres' ? { deadlineMs: silentAfterMs } : {}),
    })
    if (only !== 'web') {
      const worker = createWorker(engine, log, { concurrency: database.kind === 'postgres' ? 8 : 4, together: 256, effects: 96 })
      await worker.start()
      cleanUps.push(() => worker.stop())
      const backlog = createBacklogReader(engine, log, metrics, intake.isFlooded)
      backlog.start()
      cleanUps.push(() => backlog.stop())
    }
    if (database.kind === 'postgres')
      await database.listen('tocsin_live', (payload) => engine.live.publish(JSON.parse(payload) as string[]))

    const quiet = await database.transaction(readQuiet)
    if (quiet) log.warn(quiet, 'this is a restored copy: it pages nobody until an administrator says go')

    let address = ''
    if (only !== 'worker') {
      await outage.start()
      cleanUps.push(() => outage.stop())
      intake.refreshKeys()
      engine.live.subscribe((topics) => {
        if (topics.includes('integration') || topics.includes('*')) intake.refreshKeys()
      })
      const { server, endStreams, finish } = createHttpServer({
        engine,
        log,
        metrics,
        version,
        inbound: createInbound({ store: intake, catalogue: integrations, clock, log, metrics }),
        authenticate: ({ session, token }) =>
          engine.transact(
            system('authentication'),
            ({ scope }) =>
              session
                ? actorOfSession(scope, hashOfToken(session))
                : token
                  ? actorOfToken(scope, hashOfToken(token))
                  : Promise.resolve(undefined),
            { durable: false },
          ),
        triedSignIn,
        trustedProxies: config.trustedProxies,
        webFolder: join(root, 'web/dist'),
        ready: () => database.transaction(async (tx) => void (await tx.query(sql`select 1`))),
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(config.port, config.host, resolve)
      })
      const bound = server.address()
      address =
        typeof bound === 'object' && bound ? `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}` : ''
      cleanUps.push(async () => {
        endStreams()
        await new Promise<void>((resolve) => {
          server.close(() => resolve())
          setTimeout(() => server.closeAllConnections(), 3000).unref()
        })
        await finish()
      })
      if (config.heartbeat.url) cleanUps.push(startHeartbeat(engine, address, config.heartbeat.everySeconds, log))
    }
    log.info({ address, database: database.kind, only: only ?? 'everything', version }, 'Tocsin is running')
    return { engine, address, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const channelsOf = (all: typeof integrations) => new Map(all.flatMap((integration) => Object.entries(integration.channels ?? {})))

async function firstStart(engine: Engine, config: Config): Promise<void> {
  const { email, password, token } = config.admin
  if (!email && !token) return
  await engine.transact(system('first start'), (context) =>
    makeFirstAdministrator(context, {
      email: email ?? 'administrator@localhost.localdomain',
      password,
      token: token && { hash: hashOfToken(token.open()) },
      organisation: 'My organisation',
      zone: 'UTC',
    }),
  )
}
