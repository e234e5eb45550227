// Real programs for benches and end-to-end tests: a PostgreSQL cluster (fsync on), Prometheus, Alertmanager, a Tocsin node. Each is started fresh
// in a folder of its own, on this machine's loopback, and ended.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { makeCluster } from '../../src/platform/database/cluster.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export type Peer = { name: string; port: number; pid: number; stop(): Promise<void> }

export const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'tocsin-real-'))

/** A data folder whose embedded database is made already, and empty. */
export async function preparedFolder(): Promise<string> {
  const folder = freshFolder()
  await makeCluster(join(folder, 'database'))
  return folder
}

const newestPostgres = () =>
  existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql')
        .sort((a, b) => Number(a) - Number(b))
        .at(-1)
    : undefined
export const hasPostgres = (): boolean => newestPostgres() !== undefined

export type Postgres = {
  url: string
  halt(): void
  resume(): void
  /** Both, without keeping this process from its own work meanwhile. */
  restart(): Promise<void>
  dump(file: string): void
  /** Makes a copy of it, which follows it until one of the two is ended. `isWaitedFor`: no commit is answered before the copy has it. */
  copy(port: number, options?: { isWaitedFor: boolean }): void
  /** Ends the copy as a crash does: what is written from now on it does not have. */
  lag(): void
  /**
   * Ends it as a crash does, and lets the copy answer in its place, at its address. Where that was waited for it gets a copy of its own, which is waited
   * for as well. Keeps this process from none of its own work.
   */
  failOver(): Promise<void>
  /** Ends it as a crash does, and lets the copy answer, at an address of its own. */
  promote(): Promise<void>
  stop(): void
}

/**
 * Debian's newest PostgreSQL, in a folder of its own; `halt` ends it as a crash does, `resume` starts it again. `settings` are `name=value`.
 * Undefined when it is not installed.
 */
export function startPostgres(port: number, settings: readonly string[] = []): Postgres | undefined {
  const newest = newestPostgres()
  if (newest === undefined) return undefined
  const bin = `/usr/lib/postgresql/${newest}/bin`
  const folder = freshFolder()
  const su = (command: string) => ['postgres', '-s', '/bin/sh', '-c', command]
  const asPostgres = (...commands: string[]) => execFileSync('su', su(commands.join(' && ')), { stdio: 'pipe' })
  const meanwhile = (...commands: string[]) =>
    new Promise<void>((resolve, reject) => {
      const child = spawn('su', su(commands.join(' && ')), { stdio: 'ignore' })
      child.once('error', reject)
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`PostgreSQL did not do it: ${code}, of ${commands.join(' && ')}`)),
      )
    })
  execFileSync('chown', ['postgres', folder])
  asPostgres(`${bin}/initdb -D ${folder}/data -A trust -U postgres`)
  const options = ['listen_addresses=127.0.0.1', 'fsync=on', 'wal_retrieve_retry_interval=200ms', ...settings].map(
    (setting) => `-c ${setting}`,
  )
  const control = (name: string, at: number, what: string) =>
    `${bin}/pg_ctl -D ${folder}/${name} -o "-p ${at} -k ${folder} ${options.join(' ')}" -l ${folder}/${name}.log -w ${what}`
  const endOf = (name: string) => `${bin}/pg_ctl -D ${folder}/${name} -m immediate stop`
  const endNow = (name: string) => {
    if (existsSync(`${folder}/${name}/postmaster.pid`)) asPostgres(endOf(name))
  }
  /** The folder of the one that answers, and its copy. */
  let name = 'data'
  let copy: { name: string; port: number; isWaitedFor: boolean } | undefined
  const following = (one: NonNullable<typeof copy>): string[] => [
    `${bin}/pg_basebackup -c fast -D ${folder}/${one.name} -R -h 127.0.0.1 -p ${port} -U postgres`,
    control(one.name, one.port, 'start'),
    ...(one.isWaitedFor
      ? [
          `${bin}/psql -h 127.0.0.1 -p ${port} -U postgres -q -c "alter system set synchronous_standby_names = '*'" -c "select pg_reload_conf()"`,
        ]
      : []),
  ]
  const resume = () => void asPostgres(control(name, port, 'start'))
  const halt = () => endNow(name)
  resume()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    halt,
    resume,
    restart: () => meanwhile(control(name, port, '-m immediate restart')),
    dump: (file) =>
      void execFileSync(`${bin}/pg_dump`, ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-f', file, 'postgres'], {
        stdio: 'pipe',
      }),
    copy(at, { isWaitedFor } = { isWaitedFor: false }) {
      copy = { name: 'copy-1', port: at, isWaitedFor }
      asPostgres(...following(copy))
    },
    lag() {
      if (copy) endNow(copy.name)
    },
    async failOver() {
      const next = copy
      if (!next) throw new Error('there is no copy')
      const running = existsSync(`${folder}/${next.name}/postmaster.pid`) ? [endOf(next.name)] : []
      await meanwhile(endOf(name), ...running, control(next.name, port, 'start'), control(next.name, port, 'promote'))
      name = next.name
      copy = next.isWaitedFor ? { ...next, name: `copy-${Number(name.split('-')[1]) + 1}` } : undefined
      if (copy) await meanwhile(...following(copy))
    },
    async promote() {
      if (!copy) throw new Error('there is no copy')
      await meanwhile(endOf(name), control(copy.name, copy.port, 'promote'))
    },
    stop: () => {
      halt()
      if (copy) endNow(copy.name)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Debian's Alertmanager, telling `webhook` at once when given, but of nothing for information only. Every alert is a group, looked at each second, unless
 * `groups` says otherwise. Undefined when it is not installed.
 */
export async function startAlertmanager(
  port: number,
  webhook?: string,
  groups = { by: "['...']", interval: '1s' },
): Promise<Peer | undefined> {
  const program = ['/usr/bin/prometheus-alertmanager', '/usr/bin/alertmanager'].find(existsSync)
  if (!program) return undefined
  const folder = freshFolder()
  const receiver = webhook ? `\n    webhook_configs:\n      - url: ${webhook}\n        send_resolved: true` : ''
  writeFileSync(
    join(folder, 'config.yml'),
    `route:\n  receiver: all\n  group_by: ${groups.by}\n  group_wait: 0s\n  group_interval: ${groups.interval}\n  repeat_interval: 24h\n  routes:\n    - receiver: nobody\n      matchers: [severity="info"]\n      group_by: [alertname]\nreceivers:\n  - name: nobody\n  - name: all${receiver}\n`,
  )
  const child = spawn(
    program,
    [
      `--config.file=${folder}/config.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  await until(port, '/-/ready')
  return peer('Alertmanager', port, child, folder)
}

/** Debian's Prometheus: one alert that fires at once, sent to `alertmanagers`. Undefined when it is not installed. */
export async function startPrometheus(
  port: number,
  alertmanagers: string,
  rules: string,
): Promise<(Peer & { reload(rules: string): void }) | undefined> {
  if (!existsSync('/usr/bin/prometheus')) return undefined
  const folder = freshFolder()
  writeFileSync(join(folder, 'rules.yml'), rules)
  writeFileSync(
    join(folder, 'config.yml'),
    `global:\n  evaluation_interval: 1s\nrule_files: ['${folder}/rules.yml']\nalerting:\n  alertmanagers:\n${alertmanagers}\n`,
  )
  const child = spawn(
    '/usr/bin/prometheus',
    [
      `--config.file=${folder}/config.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      '--rules.alert.resend-delay=2s',
    ],
    { stdio: 'ignore' },
  )
  await until(port, '/-/ready')
  return {
    ...peer('Prometheus', port, child, folder),
    reload: (text) => {
      writeFileSync(join(folder, 'rules.yml'), text)
      child.kill('SIGHUP')
    },
  }
}

/**
 * A node of this checkout. `environment` chooses database and secrets; `folder` is the data folder of an earlier one, which is then kept. `only` is a
 * part of it; a worker has no port that could tell when it is ready. `exit` is its code, null when a signal ended it. `heard` hears what it prints.
 * `answering`: the address that says 200 when it is there; `/healthz` for one whose database is away.
 */
export async function startTocsin(
  port: number,
  environment: Record<string, string>,
  folder?: string,
  only?: 'web' | 'worker',
  heard?: (text: string) => void,
  answering: '/readyz' | '/healthz' = '/readyz',
): Promise<Peer & { folder: string; exit: Promise<number | null>; kill(): Promise<void>; terminate(): void }> {
  if (only !== 'worker' && (await statusOf(port, '/healthz')) !== 0)
    throw new Error(`something answers at port ${port} already, a node of an earlier run perhaps: end it first`)
  const data = folder ?? ('DATABASE_URL' in environment ? freshFolder() : await preparedFolder())
  const child = spawn(join(root, 'node_modules/.bin/node'), ['src/app/main.ts', 'serve', ...(only ? ['--only', only] : [])], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PORT: String(port), TOCSIN_DATA_DIR: data, TOCSIN_LOG_LEVEL: 'error', ...environment },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4000)
      heard?.(chunk.toString('utf8'))
      if (process.env['E2E_LOG']) process.stderr.write(chunk)
    })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const died = exit.then((code) => {
    throw new Error(`the node ended with ${code} before it was ready: ${said}`)
  })
  died.catch(() => undefined)
  if (only !== 'worker') await Promise.race([until(port, answering), died])
  return {
    ...peer('Tocsin', port, child, folder === undefined ? data : undefined),
    folder: data,
    exit,
    terminate: () => void child.kill('SIGTERM'),
    kill: async () => {
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(line?.[1] ?? 0) / 1024)
}

function peer(name: string, port: number, child: ChildProcess, folder: string | undefined): Peer {
  return {
    name,
    port,
    pid: child.pid!,
    stop: () =>
      new Promise((resolve) => {
        const ended = () => {
          if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
          resolve()
        }
        if (child.exitCode !== null || child.signalCode !== null) return ended()
        child.once('exit', ended)
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), 5000).unref()
      }),
  }
}

async function until(port: number, path: string): Promise<void> {
  for (let tries = 0; tries < 900; tries++) {
    if ((await statusOf(port, path)) === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`nothing answers at 127.0.0.1:${port}${path}`)
}

/** 0 when nothing answers within a second. */
const statusOf = (port: number, path: string): Promise<number> =>
  new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, timeout: 1000 }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', () => resolve(0))
    asked.on('timeout', () => asked.destroy())
    asked.end()
  })
