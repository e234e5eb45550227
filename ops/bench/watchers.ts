// Many who have Home open while alerts come in: each hears what changed and reads its page again, as the web does. What a page of somebody on call takes
// meanwhile, and how long reading takes.
import { Agent, request } from 'node:http'
import { alertsBody, post } from './load.ts'
import { median, milliseconds, pause, percentile, perSecond, print, printTable } from './figures.ts'
import { signIn } from './many-alerts-put-in.ts'
import { onCall, pagesUntil } from './paging.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, apply, must, startNode, type Setting } from './setting.ts'

const watchers = Number(process.env['BENCH_WATCHERS'] ?? 40)
const pages = 60
const othersEveryMs = 100
const gapMs = 300
/** What Home and its frame ask. */
const asked = [
  '/me',
  '/alert-counts',
  '/incidents-waiting',
  '/alerts?state=suppressed&limit=6',
  '/alert-groups?state=triggered&limit=50',
  '/pages?state=open&mine=true&limit=200',
  '/on-call',
  '/me/contact-methods',
  '/me/shifts',
  '/services?limit=8',
  '/shift-offers',
]

export async function manyWatchers(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const node = await startNode(setting, 18101, { TOCSIN_SMTP_URL: mails.url })
  try {
    await apply(node.port, onCall.join('---\n'))
    await must(node.port, 'POST', '/users', {
      handle: 'mara',
      name: 'Mara',
      email: 'mara@example.org',
      password: 'a long sentence for the bench',
    })
    const [key, other] = await addKeys(node.port, 'watchers', 2)
    const session = await signIn(node.port)
    let sending = true
    const others = (async () => {
      const agent = new Agent({ keepAlive: true })
      for (let n = 0; sending; n++) {
        await post(agent, node.port, '/api/v2/alerts', alertsBody(10, `others-${n}`), other)
        await pause(othersEveryMs)
      }
      agent.destroy()
    })()
    const before = await pagesUntil((n) => n >= pages, node.port, key!, mails)
    const all = Array.from({ length: watchers }, () => watch(node.port, session))
    await pause(2000)
    const began = performance.now()
    for (const one of all) one.read.length = 0
    const meanwhile = await pagesUntil((n) => n >= pages, node.port, key!, mails)
    const seconds = (performance.now() - began) / 1000
    const read = all.flatMap((one) => one.read)
    for (const one of all) one.stop()
    sending = false
    await others
    const row = (what: string, some: readonly number[]) => [
      what,
      milliseconds(median(some)),
      milliseconds(percentile(some, 0.99)),
      milliseconds(Math.max(...some)),
    ]
    const ages = read.map(({ age }) => age)
    printTable(
      [`${watchers} watch Home while ten requests a second come in on ${setting.kind}, ms`, 'p50', 'p99', 'slowest'],
      [row('a page before', before), row('a page meanwhile', meanwhile), row('from being told to having read it all', ages)],
    )
    const least = Math.min(...all.map((one) => one.read.length))
    print(
      `${perSecond(read.length / seconds)} refreshes a second, of whoever had the fewest ${(least / seconds).toFixed(2)}; ${read.filter(({ refused }) => refused > 0).length} with a refused read.`,
    )
  } finally {
    await node.stop()
    await mails.stop()
  }
}

type Read = { age: number; refused: number }

/** A browser: a stream, and six connections to read by. Changes are collected for a moment, and what is being read is let end first. */
function watch(port: number, headers: { cookie: string }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  const read: Read[] = []
  let changedAt: number | undefined
  let reading = false
  let stopped = false
  const refresh = async () => {
    if (reading || changedAt === undefined || stopped) return
    reading = true
    await pause(gapMs)
    const since = changedAt
    changedAt = undefined
    const statuses = await Promise.all(asked.map((path) => statusOf(agent, port, `/api/v1${path}`, headers)))
    read.push({ age: performance.now() - since, refused: statuses.filter((status) => status !== 200).length })
    reading = false
    void refresh()
  }
  const stream = request({ host: '127.0.0.1', port, path: '/api/v1/live', headers }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => {
      if (!text.includes('event: changed')) return
      changedAt ??= performance.now()
      void refresh()
    })
  })
  stream.on('error', () => undefined)
  stream.end()
  return {
    read,
    stop() {
      stopped = true
      stream.destroy()
      agent.destroy()
    },
  }
}

/** 0 when it was broken off. */
const statusOf = (agent: Agent, port: number, path: string, headers: { cookie: string }): Promise<number> =>
  new Promise((resolve) => {
    const sent = request({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', () => resolve(0))
    sent.end()
  })
