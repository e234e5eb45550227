// graphile-worker as a peer for durable steps: a task asks the receiver, and in one transaction writes its state, its event and the job of the next step.
// It is no dependency: the bench installs it into the machine's temporary folder.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'

export const graphileVersion = '0.18.0'

type Helpers = { withPgClient<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> }
type Options = {
  connectionString: string
  concurrency: number
  taskList: Record<string, (payload: never, helpers: Helpers) => Promise<void>>
  logger: unknown
}
type Runner = { addJob(task: string, payload: unknown): Promise<unknown>; stop(): Promise<void> }
type Graphile = {
  run(options: Options): Promise<Runner>
  runMigrations(options: Pick<Options, 'connectionString' | 'logger'>): Promise<void>
  Logger: new (factory: () => () => void) => unknown
}

/** Undefined, with the reason on the standard error, when it cannot be installed. */
async function graphile(): Promise<Graphile | undefined> {
  const folder = join(tmpdir(), `tocsin-bench-graphile-${graphileVersion}`)
  const entry = join(folder, 'node_modules/graphile-worker/dist/index.js')
  try {
    if (!existsSync(entry)) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), '{"private":true}')
      execFileSync('npm', ['install', '--no-audit', '--no-fund', `graphile-worker@${graphileVersion}`], { cwd: folder, stdio: 'ignore' })
    }
    return (await import(pathToFileURL(entry).href)) as Graphile
  } catch (error) {
    process.stderr.write(`graphile-worker is left out: ${error instanceof Error ? error.message : String(error)}\n`)
    return undefined
  }
}

export type GraphilePeer = {
  /** Starts a run; it has ended when its receiver has heard the last step and that step is committed. */
  begin(tag: string): Promise<unknown>
  stop(): Promise<void>
}

/** Runs of `stepsPerRun` steps, each of which asks `address` + tag. `ended` hears of each run whose last step is committed. */
export async function startGraphile(
  url: string,
  { concurrency, stepsPerRun, address, ended }: { concurrency: number; stepsPerRun: number; address: string; ended: (tag: string) => void },
): Promise<GraphilePeer | undefined> {
  const found = await graphile()
  if (!found) return undefined
  const logger = new found.Logger(() => () => undefined)
  await found.runMigrations({ connectionString: url, logger })
  const step = async ({ tag, n }: { tag: string; n: number }, { withPgClient }: Helpers) => {
    const output = await ask(`${address}${tag}`)
    const data = JSON.stringify({ step: n, output })
    await withPgClient(async (client) => {
      await client.query('begin')
      await client.query({
        name: 'state',
        text: 'insert into raw_states values ($1, $2) on conflict (id) do update set state = excluded.state',
        values: [tag, data],
      })
      await client.query({ name: 'event', text: 'insert into raw_events (run, data) values ($1, $2)', values: [tag, data] })
      if (n + 1 < stepsPerRun)
        await client.query({
          name: 'next',
          text: `select graphile_worker.add_job('step', $1::json)`,
          values: [JSON.stringify({ tag, n: n + 1 })],
        })
      await client.query('commit')
    })
    if (n + 1 === stepsPerRun) ended(tag)
  }
  const runner = await found.run({ connectionString: url, concurrency, taskList: { step }, logger })
  return { begin: (tag) => runner.addJob('step', { tag, n: 0 }), stop: () => runner.stop() }
}

const ask = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
