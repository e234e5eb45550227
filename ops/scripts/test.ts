// `npm test`: the check, then two lanes beside each other. One runs every test on the embedded database, then the slices' ring again on a PostgreSQL
// where one can be reached, and then looks at the plans of all statements that were sent meanwhile. The other starts real programs (nodes, browsers, monitors, databases) and mostly waits.
// The last line is the sum of what the runner counted: "N passed, N failed", and how many were skipped.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { projectFolder } from '../check/sources.ts'
import { countsOf, nothingCounted, spokenCounts, sumOf, type Counts } from './test-counts.ts'

// What strangers may ask and send does not depend on the database, nor does what is decided of many stories or resources, and the machine has one of its own:
// they run once. So does what touches no database.
const onceOnly =
  /^scenarios\/(attacks|fuzz|machine)\/|^scenarios\/(access|large-organisation|exported-again)\.test\.ts$|\/(access-matrix|late)\.test\.ts$/
const touchesDatabase = /scenarios\/world\/|'\.{1,2}\/(\.\.\/)*world\/|TEST_DATABASE_URL/
const onPostgres = ['src', 'scenarios']
  .flatMap((room) => readdirSync(join(projectFolder, room), { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`))
  .filter(
    (path) => path.endsWith('.test.ts') && !onceOnly.test(path) && touchesDatabase.test(readFileSync(join(projectFolder, path), 'utf8')),
  )
const realPrograms = 'e2e'
const plans = 'ops/plans'
const defaultServer = 'postgres://127.0.0.1:5432/test'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** `statements`: the folder where what is sent is noted. */
type How = { server?: string | undefined; statements?: string; apart?: boolean }

/** Exit code of a Node program that prints to our own output: at once, or all together at its end when it runs beside another. */
function run(program: string, args: string[], { server, statements, apart = false }: How = {}): Promise<number> {
  const { TEST_DATABASE_URL: _own, ...rest } = process.env
  const env = {
    ...rest,
    // A world is 44 MB of fresh memory: in large pages it costs a sixth less.
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    ...(server === undefined ? {} : { TEST_DATABASE_URL: server }),
    ...(statements === undefined ? {} : { TEST_STATEMENTS: statements }),
  }
  const stdio = apart ? ('pipe' as const) : ('inherit' as const)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectFolder, program), ...args], { cwd: projectFolder, stdio, env })
    const printed: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void printed.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(printed))
      resolve(code ?? 1)
    })
  })
}

/** One run of vitest with these arguments: paths, or what is left out of all. */
async function ring(asked: string[], how: How = {}): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  const file = join(folder, 'counts.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const code = await run('node_modules/vitest/vitest.mjs', ['run', ...asked, ...reporters], how)
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
const unreachable = await whyUnreachable(server)

/** The in-process tests: on the embedded database, then on PostgreSQL, which is asked at the end how it finds what they all have sent. */
async function slices(statements: string): Promise<{ embedded: Counts; postgres: Counts }> {
  say('\n— slices, machinery, scenarios, web, on the embedded database')
  const embedded = await ring([`--exclude=${realPrograms}/**`, `--exclude=${plans}/**`], { statements })
  if (unreachable !== undefined) {
    say(`\n— no PostgreSQL at ${place} (${unreachable})`)
    return { embedded, postgres: nothingCounted }
  }
  say(`\n— slices, machinery and scenarios again, on the PostgreSQL at ${place}`)
  const again = await ring(onPostgres, { server, statements })
  say('\n— the plans of what was sent')
  return { embedded, postgres: sumOf([again, await ring([plans], { server, statements })]) }
}

const noted = mkdtempSync(join(tmpdir(), 'tocsin-statements-'))
const [{ embedded, postgres }, real] = await Promise.all([
  slices(noted),
  ring([realPrograms, '--exclude=e2e/upgrade.test.ts'], { apart: true }),
])
rmSync(noted, { recursive: true, force: true })

say('')
say(`check                ${checked ? 'holds' : 'does NOT hold; its findings stand above'}`)
say(`embedded database    ${spokenCounts(embedded)}`)
say(`real programs        ${spokenCounts(real)}`)
say(
  `PostgreSQL           ${unreachable === undefined ? spokenCounts(postgres) : `not run: no PostgreSQL could be reached at ${place}; set TEST_DATABASE_URL`}`,
)
const sum = sumOf([embedded, postgres, real, { ...nothingCounted, failed: checked ? 0 : 1 }])
say(spokenCounts(sum))
process.exitCode = sum.failed === 0 ? 0 : 1
