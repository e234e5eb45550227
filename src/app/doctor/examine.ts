// The doctor's round: the environment, the machine, the mail server, the database, and what is in it. A node that has the embedded database is asked by HTTP.
import { randomBytes } from 'node:crypto'
import { existsSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { system } from '#kernel/actor.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { AppError } from '#kernel/errors.ts'
import { Secret } from '#kernel/secret.ts'
import { spokenDuration, type Clock } from '#kernel/time.ts'
import { whyNoGreeting } from '#integrations/email/greeting.ts'
import { readConfig, type Config } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { appliedMigrations, notOursIn, readMigrations } from '#platform/database/migrate.ts'
import type { Health } from '#platform/installation/health.ts'
import { silentLog } from '#platform/log.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { keyIds, presentKeys } from '#platform/secrets/vault.ts'
import type { z } from 'zod'
import { serverOf, type Ask } from '../cli/server.ts'
import { assembleEngine, clock, migrationsFolder, openAsItIs } from '../node.ts'
import { version } from '../version.ts'
import { catalogue } from '../wiring.ts'
import { broken, fine, warning, type Finding } from './finding.ts'
import { judgeHealth } from './machinery.ts'
import { judgeOrganisation } from './organisation.ts'

const mebibyte = 1024 * 1024

/** Everything that was looked at, in order. Changes nothing: no key is made, no migration applied. `freeBytes` of a folder and `time` stand in for the machine's. */
export async function examine(
  environment: Record<string, string | undefined>,
  { freeBytes = bytesLeft, time = clock }: { freeBytes?: (folder: string) => number; time?: Clock } = {},
): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig(environment)
  } catch (error) {
    return [
      broken(
        'configuration',
        (error as Error).message,
        'Set it right; docs/reference/environment.md names every setting. Nothing else was looked at.',
      ),
    ]
  }
  return [
    fine('configuration', 'Every setting of the environment is known.'),
    publicAddress(config),
    space(config.dataFolder, freeBytes(existing(config.dataFolder))),
    await mailServer(config),
    outside(config),
    ...(await database(config, environment, time)),
  ]
}

function publicAddress({ publicUrl, host }: Config): Finding {
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return broken(
      'address',
      `TOCSIN_URL is ${publicUrl}, which is no address of a page: links in pages lead nowhere.`,
      'Write it like https://tocsin.example.org.',
    )
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (isLocal && !['127.0.0.1', '::1', 'localhost'].includes(host))
    return warning(
      'address',
      `Links in pages lead to ${publicUrl}, which is each reader's own machine.`,
      'Set TOCSIN_URL to the address that people open.',
    )
  if (!isLocal && url.protocol === 'http:')
    return warning(
      'address',
      `People sign in at ${publicUrl} without encryption.`,
      'Put a reverse proxy with TLS in front, and set TOCSIN_URL to https://….',
    )
  return fine('address', `People open ${publicUrl}.`)
}

function space(folder: string, free: number): Finding {
  const left = `${Math.floor(free / mebibyte)} MiB are free in ${folder}`
  if (free < 100 * mebibyte) return broken('space', `${left}: the database is about to stop.`, 'Make room, or move the data folder.')
  return free < 1024 * mebibyte ? warning('space', `${left}.`, 'Make room before it is full.') : fine('space', `${left}.`)
}

/** The folder, or what will hold it. */
const existing = (folder: string): string => (existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder)))
function bytesLeft(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function outside({ heartbeat }: Config): Finding {
  return heartbeat.url
    ? fine('heartbeat', `Somebody outside hears every ${spokenDuration(heartbeat.everySeconds)} that pages go out.`)
    : warning(
        'heartbeat',
        'Nobody outside hears of it when all of Tocsin is gone.',
        'Set TOCSIN_HEARTBEAT_URL to a service that pages when it hears nothing, or run tocsin watch on another machine.',
      )
}

async function mailServer({ smtpUrl, publicUrl, allowHosts }: Config): Promise<Finding> {
  if (!smtpUrl) return warning('mail', 'No mail server is set: nobody gets e-mail.', 'Set TOCSIN_SMTP_URL.')
  const outbound = createOutbound({ allowHosts: () => allowHosts, userAgent: `Tocsin/${version}` })
  const reason = await whyNoGreeting(smtpUrl, publicUrl, outbound)
  return reason === undefined
    ? fine('mail', 'The mail server answers and takes us.')
    : broken(
        'mail',
        `Mail can not be sent: ${reason}.`,
        'Set TOCSIN_SMTP_URL right; a host in a private network has to be named in TOCSIN_ALLOW_HOSTS.',
      )
}

async function database(config: Config, environment: Record<string, string | undefined>, time: Clock): Promise<Finding[]> {
  if (!config.databaseUrl && !existsSync(join(config.dataFolder, 'database')))
    return [warning('database', `There is no database in ${config.dataFolder} yet.`, 'Start a node: tocsin serve.')]
  let opened: Database | undefined
  try {
    opened = await openAsItIs(config, silentLog())
    return await contentsOf(opened, config, time)
  } catch (error) {
    // A node has the embedded database: it can be asked itself.
    if (!config.databaseUrl && error instanceof AppError && error.code === 'unavailable')
      return askRunning(config, environment, time, error)
    const sentence = error instanceof Error && error.message !== '' ? error.message : 'nothing answers'
    return [broken('database', `The database cannot be used: ${sentence}.`, 'Look whether it runs, and whether DATABASE_URL is right.')]
  } finally {
    await opened?.close().catch(() => undefined)
  }
}

async function contentsOf(opened: Database, config: Config, time: Clock): Promise<Finding[]> {
  const newest = readMigrations(migrationsFolder)
  const other = await opened.transaction((tx) => notOursIn(tx, newest))
  if (other !== undefined)
    return [
      broken(
        'schema',
        `The database holds a ${other} that is not Tocsin's.`,
        'Give Tocsin a database of its own, or rename what is there.',
      ),
    ]
  const applied = await opened.transaction(appliedMigrations)
  if (applied.length > newest.length)
    return [broken('schema', `The database is of a newer version than this one, ${version}.`, 'Install the newer version.')]
  if (applied.length < newest.length)
    return [
      warning(
        'schema',
        `${newest.length - applied.length} migrations wait, so what is in the database was not looked at.`,
        'Back it up; the next start applies them.',
      ),
    ]
  const keys = presentKeys(config.secretKey, config.secretKeyFile)
  // Without a key nothing opens; the one that an engine would make and keep is not the doctor's to make.
  const engine = assembleEngine(keys ? config : { ...config, secretKey: new Secret(randomBytes(32).toString('hex')) }, opened, undefined, {
    clock: time,
  })
  const ask: Ask = (http, input) => {
    const operation = catalogue.operations.find((one) => one.http === http) as AnyOperation
    return engine.execute(system('doctor'), operation, input)
  }
  return [
    fine('schema', `The database answers, and its schema is the newest, ${newest.length}.`),
    ...(await judgeAll(ask, config, time, { stopped: opened.kind === 'embedded', keys: keys ? keyIds(keys) : [] })),
  ]
}

async function askRunning(
  config: Config,
  environment: Record<string, string | undefined>,
  time: Clock,
  held: AppError,
): Promise<Finding[]> {
  if (!environment['TOCSIN_TOKEN'])
    return [
      warning(
        'database',
        held.message,
        'To look into it while the node runs, set TOCSIN_TOKEN to a token of an administrator (and TOCSIN_URL): then the node is asked.',
      ),
    ]
  try {
    return await judgeAll(serverOf(environment), config, time, { stopped: false, keys: undefined })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [broken('database', `The node that has the database does not answer: ${error.message}`, 'Look at its log; is TOCSIN_URL right?')]
  }
}

async function judgeAll(
  ask: Ask,
  config: Config,
  time: Clock,
  how: { stopped: boolean; keys: readonly string[] | undefined },
): Promise<Finding[]> {
  const health = (await ask('GET /installation/health', {})) as z.output<typeof Health>
  const now = time.now()
  return [...judgeHealth(health, { now, ...how }), ...(await judgeOrganisation(ask, { now, mail: config.smtpUrl !== undefined }))]
}
