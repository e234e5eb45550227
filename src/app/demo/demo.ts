// `npm run demo`: a node with a month of a sample organisation. Made at the first start, kept at every other.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig, type Config } from '#platform/config/config.ts'
import { createSigner, masterKeys } from '#platform/secrets/vault.ts'
import { integrations } from '#integrations/catalogue.ts'
import { clock, startNode } from '../node.ts'
import { stopOnSignal } from '../serve.ts'
import { makeFernhill } from './seed.ts'
import { fernhillOutside } from './stage.ts'

const write = (line: string) => void process.stdout.write(`${line}\n`)

/** Runs until SIGTERM or SIGINT. Its data folder is ./data-demo, or TOCSIN_DATA_DIR. */
export async function demo(environment: Record<string, string | undefined>): Promise<void> {
  const folder = environment['TOCSIN_DATA_DIR'] || './data-demo'
  const configOf = (dataFolder: string): Config =>
    readConfig({ TOCSIN_LOG_LEVEL: 'warn', ...environment, DATABASE_URL: undefined, TOCSIN_DATA_DIR: dataFolder })
  const config = configOf(folder)
  if (!existsSync(join(config.dataFolder, 'database'))) {
    // Made beside and moved when whole, so that an interrupted making leaves nothing half.
    const draft = configOf(`${config.dataFolder}.making`)
    rmSync(draft.dataFolder, { recursive: true, force: true })
    write('Fernhill, a sample organisation, lives through its last month. This happens once and takes a minute or two.')
    await makeFernhill(draft, clock, passwordOf(draft), (line) => write(`  ${line}`))
    rmSync(config.dataFolder, { recursive: true, force: true })
    renameSync(draft.dataFolder, config.dataFolder)
  }
  const { outbound, email } = fernhillOutside(() => {})
  const channels = new Map([
    ...integrations.flatMap((integration) => Object.entries(integration.channels ?? {})),
    ['email', email] as const,
  ])
  const starting = startNode(config, undefined, { outbound, channels })
  stopOnSignal(starting)
  await starting
  write(
    `\n  Fernhill is at ${config.publicUrl}\n  Sign in as mara@fernhill.example with the password ${passwordOf(config)}\n  Its data is in ${config.dataFolder}; remove that folder to begin anew.\n`,
  )
}

/** The password that was made with the folder: the environment's, or one that only this folder's key gives. */
const passwordOf = (config: Config): string =>
  config.admin.password?.open() ??
  `fernhill-${createSigner(masterKeys(config.secretKey, config.secretKeyFile))
    .sign('mara@fernhill.example', 'demo')
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 12)
    .toLowerCase()}`
