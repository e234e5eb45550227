// A thousand pages that start in one second, each for another person; and their second levels, which fall due as they began.
import { Agent } from 'node:http'
import pg from 'pg'
import { median, milliseconds, percentile, print, printTable } from './figures.ts'
import { post } from './load.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, apply, startNode, type Setting } from './setting.ts'

const pages = Number(process.env['BENCH_AT_ONCE'] ?? 1000)
const perRequest = 250
const patienceMs = 120_000
/** Long enough for all first levels to be told before. */
const secondsToNextLevel = 40

const documentsOf = (n: number): string => `kind: user
handle: p${n}
name: Person ${n}
email: p${n}@example.org
---
kind: policy
slug: p${n}
name: P${n}
repeat: 0
levels:
  - { targets: [{ user: p${n} }], delaySeconds: ${secondsToNextLevel} }
  - { targets: [{ user: p${(n + 1) % pages} }], delaySeconds: 3600 }
---
kind: service
slug: p${n}
name: P${n}
policy: p${n}
`

export async function atOnce(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const node = await startNode(setting, 18097, { TOCSIN_SMTP_URL: mails.url })
  try {
    await apply(node.port, Array.from({ length: pages }, (_, n) => documentsOf(n)).join('---\n'))
    const keys = await addKeys(node.port, 'at-once', pages / perRequest)
    const agent = new Agent({ keepAlive: true })
    const firsts = Array.from({ length: pages }, (_, n) => mails.arrival(`Page${n}x`))
    const began = performance.now()
    await Promise.all(
      keys.map(async (key, part) => {
        const alerts = Array.from({ length: perRequest }, (_, i) => part * perRequest + i).map((n) => ({
          labels: { alertname: `Page${n}x`, severity: 'critical', service: `p${n}` },
          annotations: { summary: `Page${n}x` },
        }))
        const status = await post(agent, node.port, '/api/v2/alerts', JSON.stringify(alerts), key)
        if (status !== 200) throw new Error(`paging alerts were answered with ${status}`)
      }),
    )
    const answered = performance.now() - began
    const first = await Promise.all(firsts.map(inTime))
    agent.destroy()
    const seconds = Array.from({ length: pages }, (_, n) => mails.arrival(`Page${n}x`))
    const took = first.flatMap((at) => (at === undefined ? [] : [at - began]))
    printTable(
      [`${pages} pages at once on ${setting.kind}, ms`, 'p50', 'p99', 'slowest', 'never came'],
      [
        [
          'POST → first notification handed over',
          milliseconds(median(took)),
          milliseconds(percentile(took, 0.99)),
          milliseconds(Math.max(...took)),
          String(pages - took.length),
        ],
      ],
    )
    print(`All were answered with 200 after ${milliseconds(answered)} ms.`)
    if (setting.databaseUrl) printDue(await dueTimes(setting.databaseUrl), await Promise.all(seconds.map(inTime)))
  } finally {
    await node.stop()
    await mails.stop()
  }
}

/** When the second level of each page fell due, by the page's number, in epoch milliseconds. */
async function dueTimes(url: string): Promise<Map<number, number>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ title: string; next_at: Date }>('select title, next_at from pages')
  await client.end()
  return new Map(rows.map(({ title, next_at }) => [Number(/Page(\d+)x/.exec(title)![1]), next_at.getTime()]))
}

function printDue(due: ReadonlyMap<number, number>, arrivals: readonly (number | undefined)[]): void {
  const took = arrivals.flatMap((at, n) => (at === undefined ? [] : [performance.timeOrigin + at - due.get(n)!]))
  const times = [...due.values()].sort((a, b) => a - b)
  printTable(
    [`${pages} levels that fell due within ${milliseconds(times.at(-1)! - times[0]!)} ms`, 'p50', 'p99', 'slowest', 'never came'],
    [
      [
        'due → handed over',
        milliseconds(median(took)),
        milliseconds(percentile(took, 0.99)),
        milliseconds(Math.max(...took)),
        String(pages - took.length),
      ],
    ],
  )
}

const inTime = (arrival: Promise<number>): Promise<number | undefined> =>
  Promise.race([arrival, new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), patienceMs).unref())])
