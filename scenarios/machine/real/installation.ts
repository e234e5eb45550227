// The parties of a run: a PostgreSQL of its own, some nodes on it, and the ways between them and to the outside, each of which can be in trouble.
import { execFile } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { freshFolder, startPostgres, startTocsin } from '../../../ops/real/programs.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { exitCodes } from '#app/cli/exit.ts'
import { migrationsFolder } from '#app/node.ts'
import type { Diary } from './diary.ts'
import { startOutside, type Outside } from './outside.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { watchTables, type Query } from './watch.ts'

export const token = 'machine-token-0123456789abcdef0123456789'

const launcher = fileURLToPath(new URL('../../../bin/tocsin', import.meta.url))

export type Member = {
  name: string
  port: number
  /** Its ways. */
  database: Proxy
  mail: Proxy
  readonly state: 'down' | 'up' | 'hung'
  start(): Promise<void>
  /** SIGKILL; resolves when another process serves in its place. */
  kill(): Promise<void>
  /** SIGSTOP, and SIGCONT when `lasts` has resolved. */
  hang(lasts: () => Promise<void>): Promise<void>
  /** SIGTERM, and a new process. */
  restart(): Promise<void>
  /** SIGTERM. Answers the exit code, null when it had to be killed. */
  stop(): Promise<number | null>
  /** SIGKILL, for good, and without waiting. */
  abandon(): void
}

export type Store = {
  /** Past every proxy. */
  url: string
  query: Query
  /** As a power cut does, and comes back. */
  restart(): Promise<void>
  endConnections(node: string, count: number): Promise<void>
  readOnly(on: boolean): Promise<void>
  dump(file: string): void
}

export type Installation = {
  folder: string
  database: Store
  members: readonly Member[]
  outside: Outside
  publicUrl: string
  /** `tocsin verify` as it is typed, past every proxy: its exit code, and what it said. */
  verify(): Promise<{ code: number | null; said: string }>
  stop(): Promise<void>
}

/** Starts everything, with so many nodes and an outside that takes so long to answer. Undefined where PostgreSQL is not installed. Logs of the nodes are in `folder`. */
export async function startInstallation(count: number, usualMs: number, diary: Diary): Promise<Installation | undefined> {
  const postgres = startPostgres(await freePort(), ['track_commit_timestamp=on', 'max_connections=200'])
  if (!postgres) return undefined
  const folder = freshFolder()
  // What this machine itself asks is never read-only.
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4, options: '-c default_transaction_read_only=off' })
  pool.on('error', () => undefined)
  const store: Store = {
    url: postgres.url,
    query: async (text, values) => (await pool.query(text, values)).rows as never,
    restart: () => postgres.restart(),
    async endConnections(node, most) {
      const chosen = `select pid from pg_stat_activity where usename = $1 order by random() limit $2`
      // A database that is just starting again has none.
      await store.query(`select pg_terminate_backend(pid) from (${chosen}) as chosen`, [node, most]).catch(() => [])
    },
    async readOnly(on) {
      await store.query(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`)
      await store.query('select pg_reload_conf()')
    },
    dump: (file) => postgres.dump(file),
  }
  const tables = openPostgres(postgres.url, { poolSize: 2, onError: () => undefined })
  await migrate(tables, readMigrations(migrationsFolder))
  await tables.close()
  await watchTables(store.query)

  const outside = await startOutside(usualMs)
  const names = ['one', 'two', 'three'].slice(0, count)
  const ports = await Promise.all(names.map(freePort))
  const publicUrl = `http://127.0.0.1:${ports[0]}`
  const members: Member[] = []
  const common = {
    TOCSIN_URL: publicUrl,
    TOCSIN_SECRET_KEY: 'the-same-master-key-on-all-nodes-of-it',
    TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    TOCSIN_LOG_LEVEL: 'warn',
  }
  for (const [index, name] of names.entries()) {
    // The name of its connections: so it is known which node did what.
    await store.query(`create role ${name} superuser login`)
    const database = await startProxy(Number(new URL(postgres.url).port))
    const mail = await outside.mailServerOf(name)
    const environment = {
      DATABASE_URL: `postgres://${name}@127.0.0.1:${database.port}/postgres`,
      ...common,
      TOCSIN_ADMIN_EMAIL: 'ana@example.org',
      TOCSIN_ADMIN_PASSWORD: 'a long sentence is best',
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: `smtp://127.0.0.1:${mail.port}?from=tocsin@example.org`,
    }
    members.push(createMember(name, ports[index]!, { database, mail }, environment, join(folder, name), diary))
  }
  // Whatever ends this process, nothing stays behind.
  const abandon = () => {
    for (const member of members) member.abandon()
    postgres.stop()
  }
  process.once('exit', abandon)
  return {
    folder,
    database: store,
    members,
    outside,
    publicUrl,
    verify: () =>
      new Promise((resolve) => {
        const env = { PATH: process.env['PATH'], DATABASE_URL: postgres.url, ...common }
        execFile(launcher, ['verify'], { cwd: folder, env }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? 1) : 0, said: `${stdout}${stderr}` }),
        )
      }),
    async stop() {
      process.removeListener('exit', abandon)
      await Promise.all(members.map((member) => member.stop()))
      for (const { database, mail } of members) await Promise.all([database.stop(), mail.stop()])
      await outside.stop()
      await pool.end()
      postgres.stop()
    },
  }
}

const stopsWithinMs = 25_000

function createMember(
  name: string,
  port: number,
  ways: Pick<Member, 'database' | 'mail'>,
  environment: Record<string, string>,
  folder: string,
  diary: Diary,
): Member {
  let node: Awaited<ReturnType<typeof startTocsin>> | undefined
  let state: Member['state'] = 'down'
  let isOver = false
  const heard = (text: string) => appendFileSync(`${folder}.log`, text)

  const start = async (): Promise<void> => {
    const started = diary.begin({ kind: 'starting', place: 'node', node: name })
    const began = Date.now()
    while (!isOver) {
      try {
        node = await startTocsin(port, environment, folder, undefined, heard)
        break
      } catch (error) {
        diary.say(name, 'does not start', error instanceof Error ? error.message.slice(-300) : String(error))
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
    started()
    state = 'up'
    const mine = node
    void mine?.exit.then((code) => {
      if (node !== mine || state === 'down') return
      state = 'down'
      const sentence = `node ${name} ended by itself with ${code} ${((Date.now() - began) / 1000).toFixed(1)} s after its start`
      // It gave its start up, for the database went away meanwhile: then it was of no use from its start on.
      if (code === exitCodes.unavailable) diary.spans.push({ kind: 'starting', place: 'node', node: name, from: began, to: Date.now() })
      else diary.wrong.push({ invariant: 'nodes', sentence })
      diary.say(name, sentence)
      void start()
    })
  }
  const end = async (): Promise<number | null> => {
    if (!node || state === 'down') return 0
    state = 'down'
    const began = performance.now()
    process.kill(node.pid, 'SIGTERM')
    const late = setTimeout(() => process.kill(node!.pid, 'SIGKILL'), stopsWithinMs)
    const code = await node.exit
    clearTimeout(late)
    diary.say(name, 'has stopped', `with ${code} after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return code
  }
  return {
    name,
    port,
    ...ways,
    get state() {
      return state
    },
    start,
    async kill() {
      state = 'down'
      await node?.kill()
      await start()
    },
    async hang(lasts) {
      const { pid } = node!
      state = 'hung'
      process.kill(pid, 'SIGSTOP')
      await lasts()
      process.kill(pid, 'SIGCONT')
      state = 'up'
    },
    async restart() {
      await end()
      await start()
    },
    stop() {
      isOver = true
      return end()
    },
    abandon() {
      isOver = true
      if (node && state !== 'down') process.kill(node.pid, 'SIGKILL')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
