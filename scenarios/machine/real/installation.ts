// The parties of a run: a PostgreSQL of its own, some nodes on it, and the ways between them and to the outside, each of which can be in trouble.
import { execFile } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { freshFolder, startPostgres } from '../../../ops/real/programs.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { migrationsFolder } from '#app/node.ts'
import type { Diary } from './diary.ts'
import { createMember, type Member } from './member.ts'
import { startOutside, type Outside } from './outside.ts'
import { startProxy } from './proxy.ts'
import { latest, settingOf, watchTables, type Query } from './watch.ts'

export const token = 'machine-token-0123456789abcdef0123456789'

const launcher = fileURLToPath(new URL('../../../bin/tocsin', import.meta.url))

export type Store = {
  /** Past every proxy. */
  url: string
  query: Query
  /** As a power cut does, and comes back. */
  restart(): Promise<void>
  /** Its copy, which commits wait for, answers in its place. */
  failOver(): Promise<void>
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

/** Starts everything: a node for each of these clocks, which are wrong by so much, and an outside that takes so long to answer; `hasCopy`: commits wait for a copy of the database. Undefined where PostgreSQL is not installed. Logs of the nodes are in `folder`. */
export async function startInstallation(
  { wrongMs, usualMs, hasCopy }: { wrongMs: readonly number[]; usualMs: number; hasCopy: boolean },
  diary: Diary,
): Promise<Installation | undefined> {
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
    failOver: () => postgres.failOver(),
    async endConnections(node, most) {
      const chosen = `select pid from pg_stat_activity where application_name = (${latest}) order by random() limit $2`
      // A database that is just starting again has none.
      await store.query(`select pg_terminate_backend(pid) from (${chosen}) as chosen`, [node, most]).catch(() => [])
    },
    async readOnly(on) {
      await store.query(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`)
      await store.query('select pg_reload_conf()')
    },
    dump: (file) => postgres.dump(file),
  }
  // One role for all nodes, which may do what an installation's role may and no more.
  await store.query('create role tocsin login')
  await store.query('grant all on schema public to tocsin')
  await store.query('grant create on database postgres to tocsin')
  const asTocsin = (port: number) => `postgres://tocsin@127.0.0.1:${port}/postgres`
  const databasePort = Number(new URL(postgres.url).port)
  const tables = openPostgres(asTocsin(databasePort), { poolSize: 2, onError: () => undefined })
  await migrate(tables, readMigrations(migrationsFolder))
  await tables.close()
  await watchTables(store.query)
  if (hasCopy) postgres.copy(await freePort(), { isWaitedFor: true })

  const outside = await startOutside(usualMs)
  const names = ['one', 'two', 'three'].slice(0, wrongMs.length)
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
    const database = await startProxy(databasePort)
    const mail = await outside.mailServerOf(name)
    const environment = {
      DATABASE_URL: `${asTocsin(database.port)}?${settingOf(name)}`,
      ...common,
      TOCSIN_ADMIN_EMAIL: 'ana@example.org',
      TOCSIN_ADMIN_PASSWORD: 'a long sentence is best',
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: `smtp://127.0.0.1:${mail.port}?from=tocsin@example.org`,
    }
    members.push(createMember(name, ports[index]!, { database, mail }, environment, join(folder, name), wrongMs[index]!, diary))
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

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
