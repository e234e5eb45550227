// Where a node listens: alerts by the intake, everything else by the engine.
import { join } from 'node:path'
import { AppError } from '#kernel/errors.ts'
import { sql } from '#kernel/sql.ts'
import { triedSignIn } from '#domains/directory/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { Config } from '#platform/config/config.ts'
import type { AwaitedDatabase } from '#platform/database/awaited.ts'
import { silentAfterMs } from '#platform/database/silence.ts'
import { createInbound, type InboundStore } from '#platform/http/inbound.ts'
import type { StandalonePage } from '#platform/http/pages.ts'
import { createHttpServer } from '#platform/http/server.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { authenticateBy } from './authenticate.ts'
import { version } from './version.ts'

export type DoorParts = {
  engine: Engine
  database: AwaitedDatabase
  intake: InboundStore
  pages: readonly StandalonePage[]
  /** Whether it can take alerts in before the database has answered. */
  keepsMeanwhile: () => boolean
  config: Pick<Config, 'host' | 'port' | 'trustedProxies'>
  root: string
  log: Log
  metrics: Metrics
}

/** Resolves when it listens. `close` answers what has come in, and then nothing more. */
export async function openDoor(parts: DoorParts): Promise<{ address: string; close(): Promise<void> }> {
  const { engine, database, intake, config, log, metrics, keepsMeanwhile } = parts
  const { server, endStreams, finish } = createHttpServer({
    engine,
    log,
    metrics,
    version,
    inbound: createInbound({ store: intake, catalogue: integrations, clock: engine.clock, log, metrics }),
    authenticate: authenticateBy(engine),
    triedSignIn,
    pages: parts.pages,
    trustedProxies: config.trustedProxies,
    webFolder: join(parts.root, 'web/dist'),
    async ready() {
      if (!database.isReached()) throw notReached(keepsMeanwhile())
      await database.transaction((tx) => tx.query(sql`select 1`), { atOneMoment: true, silentMs: silentAfterMs })
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  const bound = server.address()
  return {
    address:
      typeof bound === 'object' && bound ? `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}` : '',
    async close() {
      endStreams()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        setTimeout(() => server.closeAllConnections(), 3000).unref()
      })
      await finish()
    },
  }
}

const notReached = (keeps: boolean) =>
  new AppError(
    'unavailable',
    `The database has not answered since this node started; it is tried again without end. Until then ${keeps ? 'what senders send is kept' : 'senders are refused, for nobody knows their keys'}.`,
    { retryAfterSeconds: 5 },
  )
