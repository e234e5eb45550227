// Durable runbook steps per second: runs of ten steps, each of which asks a receiver of the bench and leaves its event on the timeline. Beside it raw
// transactions that write as much: each step's state, event and next job, durably; and graphile-worker, whose tasks write the same.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { median, pause, perSecond, printTable, ratio, rounds } from './figures.ts'
import { graphileVersion, startGraphile } from './graphile.ts'
import { must, startNode, type Setting } from './setting.ts'

const stepsPerRun = 10
const atOnce = [1, 16]
const runsPerLane = Number(process.env['BENCH_RUNS'] ?? 10)

export async function steps(setting: Setting): Promise<void> {
  const outside = await startOutside()
  const node = await startNode(setting, 18096)
  try {
    await must(node.port, 'PUT', '/runbooks/bench', {
      name: 'Bench',
      inputs: [{ name: 'tag', label: 'Tag', type: 'text' }],
      sections: [
        {
          name: 'All',
          steps: Array.from({ length: stepsPerRun }, (_, n) => ({
            id: `step_${n}`,
            name: `Step ${n}`,
            http: { url: `${outside.address}{{ inputs.tag | url_encode }}`, danger: 'reads' },
          })),
        },
      ],
    })
    const rows: string[][] = []
    for (const lanes of atOnce) {
      const ours: number[] = []
      const raw: number[] = []
      const peer: number[] = []
      // The first round warms them all up, and does not count.
      for (let round = 0; round <= rounds; round++) {
        const all = {
          ours: await stepRate(node.port, outside, lanes),
          raw: setting.databaseUrl && (await rawStepRate(setting.databaseUrl, lanes)),
          peer: setting.databaseUrl && (await graphileStepRate(setting.databaseUrl, outside, lanes)),
        }
        if (round === 0) continue
        ours.push(all.ours)
        if (all.raw) raw.push(all.raw)
        if (all.peer) peer.push(all.peer)
      }
      const [a, b, c] = [median(ours), median(raw), median(peer)]
      rows.push([
        lanes === 1 ? 'one run at a time' : `${lanes} runs at once`,
        perSecond(a),
        perSecond(b),
        ratio(a, b),
        perSecond(c),
        ratio(a, c),
      ])
    }
    printTable(
      [`durable steps on ${setting.kind}, steps/s`, 'Tocsin', 'raw transactions', 'ratio', `graphile-worker ${graphileVersion}`, 'ratio'],
      rows,
    )
  } finally {
    await node.stop()
    outside.stop()
  }
}

/** What the steps ask. Says when a run has asked for its last step: looking at runs again and again would slow them. Each tag is asked for once. */
async function startOutside() {
  const asks = new Map<string, { count: number; last: () => void }>()
  const server = createServer((asked, response) => {
    asked.resume()
    response.setHeader('content-type', 'application/json').end('{"ok":true}')
    const known = asks.get(asked.url?.slice(1) ?? '')
    if (known && ++known.count === stepsPerRun) known.last()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    lastStepOf: (tag: string) => new Promise<void>((last) => asks.set(tag, { count: 0, last })),
    stop: () => void server.close(),
  }
}
type Outside = Awaited<ReturnType<typeof startOutside>>

/** A lane begins its next run when the one before has asked for its last step, ours and the peer's alike; all of them have ended when it is over. */
async function stepRate(port: number, outside: Outside, lanes: number): Promise<number> {
  const ids: string[] = []
  const rate = await rateOf(
    lanes,
    async (tag) => {
      const lastStep = outside.lastStepOf(tag)
      ids.push((await must<{ id: string }>(port, 'POST', '/runs', { runbook: 'bench', inputs: { tag } })).id)
      await lastStep
    },
    async () => {
      while ((await must<{ items: unknown[] }>(port, 'GET', '/runs?open=true&limit=1')).items.length > 0) await pause(5)
    },
  )
  for (const id of ids) {
    const { phase, visits } = await must<{ phase: string; visits: unknown[] }>(port, 'GET', `/runs/${id}`)
    if (phase !== 'done' || visits.length !== stepsPerRun) throw new Error(`a run is ${phase} after ${visits.length} steps`)
  }
  return rate
}

/** Steps per second of so many lanes. `end` resolves when every run that was begun has ended. */
async function rateOf(lanes: number, run: (tag: string) => Promise<void>, end: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  const name = Math.random().toString(36).slice(2)
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let n = 0; n < runsPerLane; n++) await run(`${name}x${lane}x${n}`)
    }),
  )
  await end()
  return (lanes * runsPerLane * stepsPerRun) / ((performance.now() - began) / 1000)
}

async function rawStepRate(url: string, lanes: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: lanes })
  await pool.query(`create table if not exists raw_states (id text primary key, state json);
    create table if not exists raw_events (position bigint generated always as identity primary key, run text, data json);
    create table if not exists raw_jobs (id bigint generated always as identity primary key, run text, payload json)`)
  const rate = await rateOf(
    lanes,
    async (run) => {
      for (let step = 0; step < stepsPerRun; step++) await rawStep(pool, run, step)
    },
    async () => undefined,
  )
  await pool.end()
  return rate
}

async function graphileStepRate(url: string, outside: Outside, lanes: number): Promise<number | undefined> {
  const running = new Map<string, () => void>()
  const ends: Promise<void>[] = []
  const { address } = outside
  const peer = await startGraphile(url, { concurrency: lanes, stepsPerRun, address, ended: (tag) => running.get(tag)?.() })
  if (!peer) return undefined
  const rate = await rateOf(
    lanes,
    async (tag) => {
      const lastStep = outside.lastStepOf(tag)
      ends.push(new Promise((resolve) => running.set(tag, resolve)))
      await peer.begin(tag)
      await lastStep
    },
    () => Promise.all(ends),
  )
  await peer.stop()
  return rate
}

async function rawStep(pool: pg.Pool, run: string, step: number): Promise<void> {
  const client = await pool.connect()
  try {
    const data = JSON.stringify({ step, output: '{"ok":true}' })
    await client.query('begin')
    await client.query({ name: 'take', text: 'delete from raw_jobs where run = $1', values: [run] })
    await client.query({
      name: 'state',
      text: 'insert into raw_states values ($1, $2) on conflict (id) do update set state = excluded.state',
      values: [run, data],
    })
    await client.query({ name: 'event', text: 'insert into raw_events (run, data) values ($1, $2)', values: [run, data] })
    await client.query({ name: 'next', text: 'insert into raw_jobs (run, payload) values ($1, $2)', values: [run, data] })
    await client.query('commit')
  } finally {
    client.release()
  }
}
