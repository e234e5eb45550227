// A thousand pages that start in one second, each for another person, and their second levels, which fall due together as well.
import { Agent } from 'node:http'
import { median, milliseconds, percentile, print, printTable } from './figures.ts'
import { post } from './load.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, must, startNode, type Setting } from './setting.ts'

const pages = Number(process.env['BENCH_AT_ONCE'] ?? 1000)
/** Long enough for every first notification to be out before the first second level is due. */
const delaySeconds = 30
const perRequest = 250
const patienceMs = 120_000

/** The second level is another person, so that nobody is told twice of anything but of two things. */
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
  - { targets: [{ user: p${n} }], delaySeconds: ${delaySeconds} }
  - { targets: [{ user: p${(n + pages / 2) % pages} }], delaySeconds: 3600 }
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
    // In parts: a request holds so much and no more.
    for (let from = 0; from < pages; from += 200) {
      const text = Array.from({ length: Math.min(200, pages - from) }, (_, i) => documentsOf(from + i))
      await must(node.port, 'POST', '/configuration/apply', {
        files: [{ path: 'all.yaml', text: [...people(from), ...text].join('---\n') }],
      })
    }
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
    const seconds: Promise<number | undefined>[] = []
    const first = await Promise.all(
      firsts.map(async (arrival, n) => {
        const at = await inTime(arrival)
        seconds[n] = at === undefined ? Promise.resolve(undefined) : inTime(mails.arrival(`Page${n}x`))
        return at
      }),
    )
    const second = await Promise.all(seconds)
    agent.destroy()
    const ms = (values: (number | undefined)[]) => values.filter((value) => value !== undefined)
    const row = (what: string, values: (number | undefined)[]) => [
      what,
      milliseconds(median(ms(values))),
      milliseconds(percentile(ms(values), 0.99)),
      milliseconds(Math.max(...ms(values))),
      String(pages - ms(values).length),
    ]
    printTable(
      [`${pages} pages at once on ${setting.kind}, ms`, 'p50', 'p99', 'slowest', 'never came'],
      [
        row(
          'POST → first notification handed over',
          first.map((at) => (at === undefined ? undefined : at - began)),
        ),
        row(
          'second level: handed over after the first, less its delay',
          second.map((at, n) => (at === undefined ? undefined : at - first[n]! - delaySeconds * 1000)),
        ),
      ],
    )
    print(`All were answered with 200 after ${milliseconds(answered)} ms.`)
  } finally {
    await node.stop()
    await mails.stop()
  }
}

/** A part's policies may name people of other parts: all of them come first. */
const people = (from: number): string[] =>
  from > 0 ? [] : Array.from({ length: pages }, (_, n) => `kind: user\nhandle: p${n}\nname: Person ${n}\nemail: p${n}@example.org\n`)

const inTime = (arrival: Promise<number>): Promise<number | undefined> =>
  Promise.race([arrival, new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), patienceMs).unref())])
