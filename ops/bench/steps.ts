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
          peer: setting.databaseUrl && (await graphileStepRate(setting.databaseUrl, outside.address, lanes)),
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

/** What the steps ask. Says when a run has asked for its last step: looking at runs again and again would slow them. */
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

async function stepRate(port: number, outside: Outside, lanes: number): Promise<number> {
  const began = performance.now()
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let n = 0; n < runsPerLane; n++) await oneRun(port, outside, `r${Math.round(began)}x${lane}x${n}`)
    }),
  )
  return (lanes * runsPerLane * stepsPerRun) / ((performance.now() - began) / 1000)
}

async function oneRun(port: number, outside: Outside, tag: string): Promise<void> {
  const lastStep = outside.lastStepOf(tag)
  const { id } = await must<{ id: string }>(port, 'POST', '/runs', { runbook: 'bench', inputs: { tag } })
  await lastStep
  for (;;) {
    // Its outcome is not stored at the moment in which it asks.
    await pause(5)
    const run = await must<{ endedAt: string | null; phase: string; visits: unknown[] }>(port, 'GET', `/runs/${id}`)
    if (run.endedAt !== null) {
      if (run.phase !== 'done' || run.visits.length !== stepsPerRun)
        throw new Error(`a run is ${run.phase} after ${run.visits.length} steps`)
      return
    }
  }
}

async function rawStepRate(url: string, lanes: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: lanes })
  await pool.query(`create table if not exists raw_states (id text primary key, state json);
    create table if not exists raw_events (position bigint generated always as identity primary key, run text, data json);
    create table if not exists raw_jobs (id bigint generated always as identity primary key, run text, payload json)`)
  const began = performance.now()
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let n = 0; n < runsPerLane; n++) {
        const run = `${began}-${lane}-${n}`
        for (let step = 0; step < stepsPerRun; step++) await rawStep(pool, run, step)
      }
    }),
  )
  const rate = (lanes * runsPerLane * stepsPerRun) / ((performance.now() - began) / 1000)
  await pool.end()
  return rate
}

async function graphileStepRate(url: string, address: string, lanes: number): Promise<number | undefined> {
  const waiting = new Map<string, () => void>()
  const peer = await startGraphile(url, { concurrency: lanes, stepsPerRun, address, ended: (tag) => waiting.get(tag)?.() })
  if (!peer) return undefined
  const began = performance.now()
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let n = 0; n < runsPerLane; n++) {
        const tag = `g${Math.round(began)}x${lane}x${n}`
        const ended = new Promise<void>((resolve) => waiting.set(tag, resolve))
        await peer.begin(tag)
        await ended
      }
    }),
  )
  const rate = (lanes * runsPerLane * stepsPerRun) / ((performance.now() - began) / 1000)
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
