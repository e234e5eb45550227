// Load on Alertmanager's API v2, over kept connections; and the physical limit beside it, raw upserts into the same PostgreSQL.
import { Agent, request } from 'node:http'
import pg from 'pg'

/** `most`: ends sooner when so many alerts were accepted. */
export type Load = { batch: number; connections: number; seconds: number; fresh: boolean; most?: number }

export const acceptRate = async (...given: Parameters<typeof accept>): Promise<number> => (await accept(...given)).rate

/** Alerts accepted at `path`, and how many a second; each connection uses one of the keys. Every answer but 200 ends the run. */
export async function accept(port: number, path: string, load: Load, keys: readonly string[] = []) {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const run = Math.random().toString(36).slice(2)
  const end = performance.now() + load.seconds * 1000
  const began = performance.now()
  let accepted = 0
  const worker = async (connection: number) => {
    for (let round = 0; performance.now() < end && accepted < (load.most ?? Infinity); round++) {
      const body = alertsBody(load.batch, `${run}-${connection}-${load.fresh ? round : 0}`)
      const status = await post(agent, port, path, body, keys[connection % keys.length])
      if (status !== 200) throw new Error(`${path} answered ${status}`)
      accepted += load.batch
    }
  }
  await Promise.all(Array.from({ length: load.connections }, (_, connection) => worker(connection)))
  agent.destroy()
  const took = (performance.now() - began) / 1000
  return { accepted, seconds: took, rate: accepted / took }
}

/** Rows upserted per second in batches, each batch a durable transaction. */
export async function rawRate(url: string, load: Load): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: load.connections })
  await pool.query(
    'create table if not exists raw_alerts (source text, fingerprint text, labels json, count int, seen timestamptz, primary key (source, fingerprint))',
  )
  const run = Math.random().toString(36).slice(2)
  const began = performance.now()
  const end = began + load.seconds * 1000
  let rows = 0
  const worker = async (connection: number) => {
    for (let round = 0; performance.now() < end; round++) {
      const prefix = `${run}-${connection}-${load.fresh ? round : 0}`
      const batch = Array.from({ length: load.batch }, (_, index) => ({
        fingerprint: `${prefix}-${index}`,
        labels: { alertname: 'Bench', instance: String(index) },
      }))
      await pool.query({
        name: 'upsert',
        text: `insert into raw_alerts (source, fingerprint, labels, count, seen) select 'bench', fingerprint, labels, 1, now()
          from json_to_recordset($1) as row (fingerprint text, labels json) order by fingerprint
          on conflict (source, fingerprint) do update set count = raw_alerts.count + 1, seen = excluded.seen`,
        values: [JSON.stringify(batch)],
      })
      rows += load.batch
    }
  }
  await Promise.all(Array.from({ length: load.connections }, (_, connection) => worker(connection)))
  await pool.end()
  return rows / ((performance.now() - began) / 1000)
}

/** Alerts for information, which page nobody. Those with another prefix are others. */
export function alertsBody(batch: number, prefix: string, alertname = 'Bench'): string {
  return JSON.stringify(
    Array.from({ length: batch }, (_, index) => ({
      labels: { alertname, severity: 'info', instance: `${prefix}-${index}`, job: 'node', cluster: 'eu1' },
      annotations: { summary: `Instance ${index} is slow`, description: 'p95 above 2 s for 5 min' },
      generatorURL: 'http://prometheus.example/graph',
    })),
  )
}

/** Posts JSON over one of the agent's connections. Answers the status. */
export const post = (agent: Agent, port: number, path: string, body: string, key?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
      },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
