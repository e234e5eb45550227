// `npm run bench`: every figure beside a peer or the physical limit, in interleaved rounds of one run. Prints a table; figures differ between
// machines, ratios less.
import { cpus, totalmem } from 'node:os'
import { request } from 'node:http'
import { acceptRate, rawRate, type Load } from './load.ts'
import { residentMiB, startAlertmanager, startPostgres, startTocsin } from '../real/programs.ts'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const key = 'bench-key-0123456789abcdef01234567'
const token = 'bench-token-0123456789abcdef0123456789'
const loads: { name: string; load: Load }[] = [
  { name: '500 × 8, all new', load: { batch: 500, connections: 8, seconds, fresh: true } },
  { name: '500 × 8, repeated', load: { batch: 500, connections: 8, seconds, fresh: false } },
  { name: '1 × 32, all new', load: { batch: 1, connections: 32, seconds, fresh: true } },
]

const print = (text: string) => void process.stdout.write(`${text}\n`)
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const thousands = (value: number): string => (Number.isNaN(value) ? '–' : `${(value / 1000).toFixed(1)} k`)
const ratio = (a: number, b: number): string => (Number.isNaN(b) ? '–' : (a / b).toFixed(2))

async function addIntegration(port: number): Promise<void> {
  const body = JSON.stringify({ name: 'Bench', kind: 'alertmanager', key })
  const status = await new Promise<number>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/api/v1/integrations',
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
  if (status !== 201) throw new Error(`the integration was not added: ${status}`)
}

async function ingest(
  kind: 'PostgreSQL' | 'embedded',
  databaseUrl: string | undefined,
  ports: { tocsin: number; alertmanager: number },
): Promise<void> {
  const tocsin = await startTocsin(ports.tocsin, { TOCSIN_ADMIN_TOKEN: token, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) })
  await addIntegration(tocsin.port)
  await new Promise((resolve) => setTimeout(resolve, 3000))
  print(`\nIdle memory of the node on ${kind}: ${residentMiB(tocsin.pid)} MiB`)
  print(
    `\n| ingest on ${kind}, alerts/s (median of ${rounds}) | Tocsin (durable) | Alertmanager (memory) | ratio | raw upserts | ratio |\n| --- | --- | --- | --- | --- | --- |`,
  )
  for (const { name, load } of loads) {
    const ours: number[] = []
    const theirs: number[] = []
    const raw: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await acceptRate(tocsin.port, '/api/v2/alerts', load, key))
      const alertmanager = await startAlertmanager(ports.alertmanager)
      if (alertmanager) {
        theirs.push(await acceptRate(alertmanager.port, '/api/v2/alerts', load))
        await alertmanager.stop()
      }
      if (databaseUrl) raw.push(await rawRate(databaseUrl, load))
    }
    const [a, b, c] = [median(ours), median(theirs), median(raw)]
    print(`| ${name} | ${thousands(a)} | ${thousands(b)} | ${ratio(a, b)} | ${thousands(c)} | ${ratio(a, c)} |`)
  }
  await tocsin.stop()
}

print(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`)
const postgres = startPostgres(15432)
try {
  if (postgres) await ingest('PostgreSQL', postgres.url, { tocsin: 18091, alertmanager: 18093 })
  else print('PostgreSQL is not installed: its rows are left out.')
  await ingest('embedded', undefined, { tocsin: 18092, alertmanager: 18093 })
} finally {
  postgres?.stop()
}
