// `npm test`: the check, then every test on the embedded database, then the slices' ring again on a PostgreSQL where one can be reached.
// The last line is the sum of what the runner counted: "N passed, N failed", and how many were skipped.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { projectFolder } from '../check/sources.ts'
import { countsOf, nothingCounted, spokenCounts, sumOf, type Counts } from './test-counts.ts'

const onPostgres = ['src/domains', 'src/platform', 'scenarios']
const defaultServer = 'postgres://127.0.0.1:5432/test'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** Exit code of a Node program that prints to our own output. */
function run(program: string, args: string[], environment: Record<string, string | undefined> = {}): Promise<number> {
  const env = Object.fromEntries(Object.entries({ ...process.env, ...environment }).filter(([, value]) => value !== undefined))
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectFolder, program), ...args], { cwd: projectFolder, stdio: 'inherit', env })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** One run of vitest over these paths (all, when there is none). */
async function ring(paths: string[], server: string | undefined): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  const file = join(folder, 'counts.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const code = await run('node_modules/vitest/vitest.mjs', ['run', ...paths, ...reporters], { TEST_DATABASE_URL: server })
    return countsOf(() => readFileSync(file, 'utf8'), code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Undefined when a database can be made on this server, else why not. */
async function whyUnreachable(server: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 3000 })
  try {
    await client.connect()
    const { rows } = await client.query<{ may: boolean }>(
      'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
    )
    return rows[0]?.may ? undefined : 'its user may not create databases'
  } catch (error) {
    return error instanceof Error && error.message !== '' ? error.message : 'nothing answers there'
  } finally {
    await client.end().catch(() => undefined)
  }
}

const server = process.env['TEST_DATABASE_URL'] ?? defaultServer
const place = new URL(server).host

say('— check')
const checked = (await run('ops/check/run.ts', [])) === 0
say('\n— every test, on the embedded database')
const embedded = await ring([], undefined)
const unreachable = await whyUnreachable(server)
say(
  unreachable === undefined
    ? `\n— slices, machinery and scenarios again, on the PostgreSQL at ${place}`
    : `\n— no PostgreSQL at ${place} (${unreachable})`,
)
const postgres = unreachable === undefined ? await ring(onPostgres, server) : nothingCounted

say('')
say(`check                ${checked ? 'holds' : 'does NOT hold; its findings stand above'}`)
say(`embedded database    ${spokenCounts(embedded)}`)
say(
  `PostgreSQL           ${unreachable === undefined ? spokenCounts(postgres) : `not run: no PostgreSQL could be reached at ${place}; set TEST_DATABASE_URL`}`,
)
const sum = sumOf([embedded, postgres, { ...nothingCounted, failed: checked ? 0 : 1 }])
say(spokenCounts(sum))
process.exitCode = sum.failed === 0 ? 0 : 1
