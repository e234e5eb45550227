// A storm: 10,000 new alerts a minute over a hundred services that page ten people. From the first alert of each service to the first mail that names it,
// singly or in a summary; and beside it the pages of a quiet team. A receiver of the bench takes the mails.
import { Agent } from 'node:http'
import { median, milliseconds, pause, percentile, print, printTable } from './figures.ts'
import { post } from './load.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, allRead, apply, startNode, type Setting } from './setting.ts'

const services = 100
const people = 10
const alertsPerMinute = 10_000
const seconds = Math.max(20, Number(process.env['BENCH_STORM_SECONDS'] ?? 24))
/** Each is paged no oftener than four times a minute: the quiet team must not have a storm of its own. */
const quietPeople = 12
const quietEveryMs = 500
const perRequest = 10
const patienceMs = 90_000

const paged = (who: string, service: string): string => `kind: user
handle: ${who}
name: ${who}
email: ${who}@example.org
---
kind: policy
slug: ${who}
name: ${who}
repeat: 0
levels:
  - { targets: [{ user: ${who} }], delaySeconds: 3600 }
---
${service}`
const service = (slug: string, policy: string): string => `kind: service\nslug: ${slug}\nname: ${slug}\npolicy: ${policy}\n`
/** One group, and so one page, for each service of the storm; one for each alert of the quiet team. */
const route = `kind: route\nslug: all\nname: All\ngroupBy: [alertname, service]\n`

const ofPerson = (n: number) => Array.from({ length: services }, (_, s) => s).filter((s) => s % people === n)
const organisation = [
  route,
  ...Array.from({ length: people }, (_, n) =>
    paged(
      `busy-${n}`,
      ofPerson(n)
        .map((s) => service(`shop-${s}`, `busy-${n}`))
        .join('---\n'),
    ),
  ),
  ...Array.from({ length: quietPeople }, (_, n) => paged(`quiet-${n}`, service(`quiet-${n}`, `quiet-${n}`))),
].join('---\n')

export async function storm(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const node = await startNode(setting, 18098, { TOCSIN_SMTP_URL: mails.url })
  try {
    await apply(node.port, organisation)
    const [quietKey, ...keys] = await addKeys(node.port, 'storm', 5)
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const send = async (alerts: unknown[], key: string | undefined) => {
      const status = await post(agent, node.port, '/api/v2/alerts', JSON.stringify(alerts), key)
      if (status !== 200) throw new Error(`alerts of the storm were answered with ${status}`)
    }
    const shops = newShops()
    const before = await quietPages(5, (name, to) => send([alertOf(name, to, 0)], quietKey), mails.arrival)
    const end = performance.now() + seconds * 1000
    const [first, during, sent] = await Promise.all([
      firstNotices(mails.arrival, shops),
      pause(1000).then(() => quietPages(seconds - 2, (name, to) => send([alertOf(name, to, 0)], quietKey), mails.arrival)),
      pour(end, send, keys, shops),
    ])
    await allRead(node.port)
    agent.destroy()
    const row = (what: string, { latencies, lost }: Latencies) => [
      what,
      milliseconds(median(latencies)),
      milliseconds(percentile(latencies, 0.99)),
      milliseconds(Math.max(...latencies)),
      String(latencies.length),
      String(lost),
    ]
    printTable(
      [`storm of ${Math.round((sent / seconds) * 60)} alerts a minute on ${setting.kind}, ms`, 'p50', 'p99', 'slowest', 'n', 'never came'],
      [
        row(`first alert of a service → first mail that names it, ${services} services, ${people} people`, first),
        row('a page of the quiet team meanwhile', during),
        row('a page of the quiet team before', before),
      ],
    )
    print(`${mails.taken()} mails in all.`)
  } finally {
    await node.stop()
    await mails.stop()
  }
}

type Latencies = { latencies: number[]; lost: number }
type Arrival = (name: string) => Promise<number>

let names = 0
/** The services of one storm: what the first alert of each is called, and when it was sent. */
type Shops = Map<string, { name: string; begun?: number }>
const newShops = (): Shops => new Map(Array.from({ length: services }, (_, s) => [`shop-${s}`, { name: `Page${++names}x` }]))

const alertOf = (name: string, to: string, n: number): unknown => ({
  labels: { alertname: to.startsWith('quiet') ? name : 'Storm', severity: 'critical', service: to, instance: `i${n}` },
  annotations: { summary: name },
})

/** New alerts at an even pace, the services in turn, until the end. Answers how many. */
async function pour(
  end: number,
  send: (alerts: unknown[], key: string | undefined) => Promise<void>,
  keys: readonly string[],
  shops: Shops,
): Promise<number> {
  const lanes = keys.length
  const everyMs = (60_000 * lanes * perRequest) / alertsPerMinute
  let sent = 0
  await Promise.all(
    keys.map(async (key, lane) => {
      await pause((everyMs * lane) / lanes)
      let next = performance.now()
      for (let n = lane; performance.now() < end; n += lanes) {
        const alerts = Array.from({ length: perRequest }, (_, i) => {
          const to = `shop-${(n * perRequest + i) % services}`
          const shop = shops.get(to)!
          shop.begun ??= performance.now()
          return alertOf(shop.name, to, n * perRequest + i)
        })
        await send(alerts, key)
        sent += perRequest
        next += everyMs
        await pause(Math.max(0, next - performance.now()))
      }
    }),
  )
  return sent
}

/** From the first alert of each service to the first mail that names it. */
async function firstNotices(arrival: Arrival, shops: Shops): Promise<Latencies> {
  const found = await Promise.all(
    [...shops.values()].map(async (shop) => {
      const at = await Promise.race([arrival(shop.name), afterPatience()])
      return at === undefined ? undefined : at - shop.begun!
    }),
  )
  return counted(found)
}

async function quietPages(forSeconds: number, send: (name: string, to: string) => Promise<void>, arrival: Arrival): Promise<Latencies> {
  const waiting: Promise<number | undefined>[] = []
  const end = performance.now() + forSeconds * 1000
  for (let n = 0; performance.now() < end; n++) {
    const name = `Page${++names}x`
    const at = performance.now()
    waiting.push(Promise.race([arrival(name), afterPatience()]).then((came) => (came === undefined ? undefined : came - at)))
    await send(name, `quiet-${names % quietPeople}`)
    await pause(Math.max(0, at + quietEveryMs - performance.now()))
  }
  return counted(await Promise.all(waiting))
}

const counted = (found: readonly (number | undefined)[]): Latencies => {
  const latencies = found.filter((one) => one !== undefined)
  return { latencies, lost: found.length - latencies.length }
}

// Does not keep the bench from ending.
const afterPatience = (): Promise<undefined> => new Promise((resolve) => void setTimeout(() => resolve(undefined), patienceMs).unref())
