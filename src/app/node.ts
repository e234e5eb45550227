// One node, assembled: database, engine, worker, server, from a configuration. The composition root as one readable list.
import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { system } from '#kernel/actor.ts'
import { idSource } from '#kernel/ids.ts'
import type { Secret } from '#kernel/secret.ts'
import { createEngine, type Engine, type EngineParts } from '#platform/commands/engine.ts'
import type { Config } from '#platform/config/config.ts'
import { awaitedDatabase } from '#platform/database/awaited.ts'
import { askClock, createFollowingClock, followClock } from '#platform/database/clock.ts'
import { doesNotAnswer, type Database } from '#platform/database/database.ts'
import { mostReadingMs, poolSize } from '#platform/database/gate.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { silentAfterMs } from '#platform/database/silence.ts'
import { createLive } from '#platform/events/live.ts'
import { readQuiet } from '#platform/installation/quiet.ts'
import { createWorker } from '#platform/jobs/worker.ts'
import { createLog, type Log } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { forbidGlobalFetch } from '#platform/outbound/seal.ts'
import { createSigner, createVault, masterKeys } from '#platform/secrets/vault.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { makeFirstAdministrator } from '#domains/directory/index.ts'
import { ensurePushKeys, openPushKeys } from '#domains/notifications/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import { createBacklogReader } from './backlog.ts'
import { createBeginning } from './beginning.ts'
import { openDoor } from './door.ts'
import { createEnding } from './ending.ts'
import { openFirstReach, type FirstReach } from './first-reach.ts'
import { createRehearsal, startHeartbeat } from './heartbeat.ts'
import { createIntake } from './intake.ts'
import { folderOnDisk } from './outage/folder.ts'
import { openKnownFile } from './outage/known-file.ts'
import { createLookBack } from './outage/look-back.ts'
import { createOutage } from './outage/outage.ts'
import { openSpool } from './outage/spool.ts'
import { takingPages } from './outage/taking-page.ts'
import { catalogue } from './wiring.ts'
import { version } from './version.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const migrationsFolder = join(root, 'migrations')

/** The one live clock. */
export const clock = createFollowingClock({ wallMs: () => Date.now(), elapsedMs: () => performance.now() })

/** A node waits for no answer longer than this, except where it says so: more than a statement takes that is stopped because it reads for too long. */
const silentMs = mostReadingMs + 10_000
/** How long a node that is stopped waits for a try that is under way. */
const longestLastTryMs = 1000

/**
 * `whole` resolves when the database has answered and the node does everything: with false when it was stopped before. Rejects with what the database
 * refuses, or what cannot be begun; then the node has stopped.
 */
export type RunningNode = { engine: Engine; address: string; whole: Promise<boolean>; stop(): Promise<void> }

/** Opens the database as it is. `options`: as for a server. */
export const openAsItIs = async (config: Config, log: Log, options: { silentMs?: number } = {}): Promise<Database> =>
  config.databaseUrl
    ? openPostgres(config.databaseUrl.open(), {
        poolSize,
        onError: (err) => log.warn({ err }, 'a database connection was lost'),
        name: randomBytes(6).toString('hex'),
        ...options,
      })
    : (await import('#platform/database/embedded.ts')).openEmbedded(config.dataFolder)

/** Opens the database and brings it to the newest version. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  const database = await openAsItIs(config, log)
  await bringUpToDate(database, log)
  return database
}

async function bringUpToDate(database: Database, log: Log): Promise<void> {
  const aheadMs = await askClock(database, clock)
  if (Math.abs(aheadMs) > 2000) log.warn({ aheadMs }, "this machine's clock and the database's differ: Tocsin goes by the database's")
  const applied = await migrate(database, readMigrations(migrationsFolder))
  if (applied.length > 0) log.info({ applied }, 'the database was brought up to date')
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
    ...replaced,
  })
}

/**
 * Starts a node: `only` leaves out the worker or the web. Resolves when it serves; when its database is a server that does not answer, as soon as it takes
 * alerts in, and the rest follows when the database answers (`whole`).
 */
export async function startNode(
  config: Config,
  only: 'web' | 'worker' | undefined,
  replaced: Partial<EngineParts> = {},
): Promise<RunningNode> {
  const log = createLog(config.logLevel)
  const metrics = createMetrics()
  const { cleanUps, stop, stopping } = createEnding(log)
  try {
    const database = awaitedDatabase(
      config.databaseUrl ? 'postgres' : 'embedded',
      () => openAsItIs(config, log, { silentMs }),
      (opened) => bringUpToDate(opened, log),
    )
    cleanUps.push(() => database.close())
    const isServer = database.kind === 'postgres'
    const settings = new Map([
      ['smtpUrl', config.smtpUrl],
      ['heartbeatUrl', config.heartbeat.url],
    ])
    const engine = assembleEngine(config, database, settings, replaced)
    forbidGlobalFetch()

    const file = config.databaseUrl ? openKnownFile(config.dataFolder, { vault: engine.vault, of: config.databaseUrl, log }) : undefined
    // The embedded database is no copy of another one.
    const lookBack = isServer ? createLookBack(engine, log) : undefined
    const outage = createOutage({
      engine,
      lookBack,
      spool: openSpool(folderOnDisk(join(config.dataFolder, 'spool')), () => engine.newId('evt')),
      ...(file ? { file } : {}),
      channels: channelsOf(integrations),
      settings: (name) => settings.get(name),
      log,
      metrics,
    })
    const firstReach = config.databaseUrl
      ? openFirstReach(config.dataFolder, config.databaseUrl, () => outage.lastKnown() !== undefined)
      : undefined
    const pushKeys = outage.lastKnown()?.pushKeys
    if (pushKeys) settings.set('vapid', openPushKeys(engine.vault, pushKeys))
    const intake = createIntake(engine, {
      outage,
      lookBack,
      rehearsal: createRehearsal(engine),
      ...(isServer ? { deadlineMs: silentAfterMs } : {}),
    })
    // One for all tries: by its id and its lock the other nodes know this one.
    const worker = createWorker(engine, log, { concurrency: isServer ? 8 : 4, together: 256, effects: 96 })
    const beginning = createBeginning(
      [
        () => database.reach(),
        async () => noteReached(firstReach, log),
        async () => void settings.set('vapid', await engine.transact(system('notifications.push-keys'), ensurePushKeys)),
        () => firstStart(engine, config),
        async () => {
          const quiet = await database.transaction(readQuiet)
          if (quiet) log.warn(quiet, 'this is a restored copy: it pages nobody until an administrator says go')
        },
        async () => void cleanUps.push(followClock(database, clock, log)),
        async () => {
          if (isServer) await database.listen('tocsin_live', (payload) => engine.live.publish(JSON.parse(payload) as string[]))
        },
        async () => {
          if (!lookBack) return
          database.onAway(() => void lookBack.doubt())
          cleanUps.push(lookBack.stop)
        },
        async () => {
          if (only === 'web') return
          await worker.start()
          cleanUps.push(() => worker.stop())
          const backlog = createBacklogReader(engine, log, metrics, intake.load)
          backlog.start()
          cleanUps.push(() => backlog.stop())
        },
      ],
      firstReach?.mistakeIn,
    )
    const isBegun = await beginning.begin().then(
      () => true,
      (error: unknown) => {
        if (!isServer || !doesNotAnswer(error)) throw error
        log.error({ err: error }, 'the database does not answer: this node serves without it as far as it can, and tries again')
        return false
      },
    )

    let address = ''
    if (only !== 'worker') {
      await outage.start()
      cleanUps.push(() => outage.stop())
      intake.refreshKeys()
      engine.live.subscribe((topics) => {
        // A service takes its integrations along when it goes to another team.
        if (topics.some((topic) => topic === 'integration' || topic === 'service' || topic === '*')) intake.refreshKeys()
      })
      const door = await openDoor({
        engine,
        database,
        intake,
        pages: takingPages(engine, outage),
        keepsMeanwhile: () => outage.lastKnown() !== undefined,
        config,
        root,
        log,
        metrics,
      })
      address = door.address
      cleanUps.push(door.close)
    }
    const complete = () => {
      if (address !== '' && config.heartbeat.url) cleanUps.push(startHeartbeat(engine, address, config.heartbeat.everySeconds, log))
      log.info({ address, database: database.kind, only: only ?? 'everything', version }, 'Tocsin is running')
    }
    if (isBegun) {
      complete()
      return { engine, address, whole: Promise.resolve(true), stop }
    }
    const beginsLate = beginning.untilBegun(stopping)
    // Not longer: a server that says nothing would hold up the end by its own.
    cleanUps.push(() => Promise.race([Promise.allSettled([beginsLate]), pause(longestLastTryMs)]).then(() => undefined))
    const whole = beginsLate.then(
      (begun) => {
        if (begun) complete()
        return begun
      },
      async (error: unknown) => {
        await stop()
        throw error
      },
    )
    return { engine, address, whole, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const channelsOf = (all: typeof integrations) => new Map(all.flatMap((integration) => Object.entries(integration.channels ?? {})))

/** A disk that is full keeps no node from beginning: it is noted at the next start. */
function noteReached(firstReach: FirstReach | undefined, log: Log): void {
  try {
    firstReach?.note()
  } catch (err) {
    log.error({ err }, 'that the database was reached could not be written down')
  }
}

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
