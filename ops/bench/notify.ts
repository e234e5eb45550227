// From the POST of a paging alert to its first notification, handed over to a receiver of the bench: Tocsin's mail, Alertmanager's webhook. At rest, and
// while other alerts come in.
import { Agent } from 'node:http'
import { startAlertmanager } from '../real/programs.ts'
import { median, milliseconds, pause, percentile, print, printTable, ratio, rounds } from './figures.ts'
import { alertsBody, post } from './load.ts'
import { mailReceiver, webhookReceiver, type Receiver } from './receivers.ts'
import { addKeys, apply, startNode, type Setting } from './setting.ts'

const pagesPerRound = Number(process.env['BENCH_PAGES'] ?? 60)
const othersPerSecond = 2000
const othersPerRequest = 100
const patienceMs = 30_000

type Latencies = { p50: number; p99: number; lost: number }

/** So many people take turns: nobody is paged so often in a minute that a summary comes instead, which is measured apart. */
const people = 200

const documentsOf = (n: number): string => `kind: user
handle: mara-${n}
name: Mara ${n}
email: mara-${n}@example.org
---
kind: policy
slug: bench-${n}
name: Bench ${n}
repeat: 0
levels:
  - { targets: [{ user: mara-${n} }], delaySeconds: 3600 }
---
kind: service
slug: bench-${n}
name: Bench ${n}
policy: bench-${n}
`
const organisation = Array.from({ length: people }, (_, n) => documentsOf(n)).join('---\n')

export async function notify(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const hooks = await webhookReceiver()
  const node = await startNode(setting, 18094, { TOCSIN_SMTP_URL: mails.url })
  const alertmanager = await startAlertmanager(18095, hooks.url)
  try {
    await apply(node.port, organisation)
    const [key, ...others] = await addKeys(node.port, 'notify', 5)
    const found = {
      ours: { rest: [] as Latencies[], busy: [] as Latencies[] },
      theirs: { rest: [] as Latencies[], busy: [] as Latencies[] },
    }
    for (let round = 0; round < rounds; round++) {
      for (const state of ['rest', 'busy'] as const) {
        found.ours[state].push(await measured(node.port, mails, key, state === 'busy' ? others : undefined))
        if (alertmanager) found.theirs[state].push(await measured(alertmanager.port, hooks, undefined, state === 'busy' ? [] : undefined))
      }
    }
    const of = (some: Latencies[], which: 'p50' | 'p99') => median(some.map((one) => one[which]))
    printTable(
      [`POST → notification on ${setting.kind}, ms`, 'Tocsin p50', 'p99', 'Alertmanager p50', 'p99', 'ratio p50', 'ratio p99'],
      (['rest', 'busy'] as const).map((state) => [
        state === 'rest' ? 'at rest' : `while ${othersPerSecond} others/s come in`,
        ...(['ours', 'theirs'] as const).flatMap((who) => [
          milliseconds(of(found[who][state], 'p50')),
          milliseconds(of(found[who][state], 'p99')),
        ]),
        ratio(of(found.ours[state], 'p50'), of(found.theirs[state], 'p50')),
        ratio(of(found.ours[state], 'p99'), of(found.theirs[state], 'p99')),
      ]),
    )
    const lost = [...found.ours.rest, ...found.ours.busy].reduce((sum, one) => sum + one.lost, 0)
    print(lost === 0 ? 'Every page was handed over.' : `${lost} pages of Tocsin were not handed over within ${patienceMs / 1000} s.`)
  } finally {
    await alertmanager?.stop()
    await node.stop()
    await Promise.all([mails.stop(), hooks.stop()])
  }
}

let pages = 0

/** One paging alert after the other. `others`: the keys for what comes in meanwhile; undefined when nothing does. */
async function measured(
  port: number,
  receiver: Receiver,
  key: string | undefined,
  others: readonly string[] | undefined,
): Promise<Latencies> {
  const agent = new Agent({ keepAlive: true })
  const stopOthers = others === undefined ? undefined : sendOthers(port, others)
  if (stopOthers) await pause(1000)
  const latencies: number[] = []
  let lost = 0
  for (let n = 0; n < pagesPerRound; n++) {
    const name = `Page${++pages}x`
    const labels = { alertname: name, severity: 'critical', service: `bench-${pages % people}` }
    const arrival = receiver.arrival(name)
    const began = performance.now()
    const status = await post(agent, port, '/api/v2/alerts', JSON.stringify([{ labels, annotations: { summary: name } }]), key)
    if (status !== 200) throw new Error(`a paging alert was answered with ${status}`)
    const at = await Promise.race([arrival, lostAfterPatience()])
    if (at === undefined) lost++
    else latencies.push(at - began)
  }
  await stopOthers?.()
  agent.destroy()
  return { p50: median(latencies), p99: percentile(latencies, 0.99), lost }
}

// Does not keep the bench from ending.
const lostAfterPatience = (): Promise<undefined> => new Promise((resolve) => void setTimeout(() => resolve(undefined), patienceMs).unref())

/** New alerts that page nobody, at an even pace, until the answer is called. What cannot be taken in time is sent late, not dropped. */
function sendOthers(port: number, keys: readonly string[]): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const run = `others-${performance.now()}`
  let sending = true
  const work = Array.from({ length: 4 }, async (_, lane) => {
    const everyMs = (1000 * 4 * othersPerRequest) / othersPerSecond
    let next = performance.now()
    for (let n = 0; sending; n++) {
      const status = await post(agent, port, '/api/v2/alerts', alertsBody(othersPerRequest, `${run}-${lane}-${n}`), keys[lane])
      if (status !== 200) throw new Error(`other alerts were answered with ${status}`)
      next += everyMs
      await pause(Math.max(0, next - performance.now()))
    }
  })
  return async () => {
    sending = false
    await Promise.all(work)
    agent.destroy()
  }
}
