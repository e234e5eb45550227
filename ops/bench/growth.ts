// What grows, ten times and ten times again, and what that costs: the time of a request with a hundred new alerts, of a page, of the page's list, and the
// node's memory. Each in a database of its own; and nodes: what one, two and three take in together.
import { Agent } from 'node:http'
import { residentMiB } from '../real/programs.ts'
import { median, milliseconds, perSecond, print, printTable, seconds } from './figures.ts'
import { acceptRate, alertsBody, post } from './load.ts'
import { mailReceiver, type Receiver } from './receivers.ts'
import { addKeys, allRead, apply, must, startNode, type Node, type Setting } from './setting.ts'

const asked = 20
const people = 20

type Dimension = { name: string; sizes: readonly number[]; grow: (node: Node, from: number, to: number, key: string) => Promise<void> }

const numbered = (from: number, to: number, of: (n: number) => string): string[] =>
  Array.from({ length: to - from }, (_, index) => of(from + index))

const applied = (node: Node, documents: readonly string[]): Promise<void> => apply(node.port, documents.join('\n---\n'))

const dimensions: Dimension[] = [
  {
    name: 'routes, none of which applies',
    sizes: [10, 100, 1000],
    grow: (node, from, to) =>
      applied(
        node,
        numbered(from, to, (n) => `kind: route\nslug: r${n}\nname: R${n}\nposition: ${n}\nmatch: 'team="t${n}", job=~"batch-.*"'`),
      ),
  },
  {
    name: 'silences that hold, none of which applies',
    sizes: [10, 100, 1000],
    async grow(node, from, to) {
      const endsAt = new Date(Date.now() + 86_400_000).toISOString()
      for (let n = from; n < to; n++) await must(node.port, 'POST', '/silences', { name: `S${n}`, matchers: `team="t${n}"`, endsAt })
    },
  },
  {
    name: 'schedules',
    sizes: [10, 100, 1000],
    grow: (node, from, to) =>
      applied(
        node,
        numbered(
          from,
          to,
          (n) =>
            `kind: schedule\nslug: s${n}\nname: S${n}\nzone: Europe/Berlin\nlayers:\n  - name: Weekly\n    rotation: { unit: week, length: 1, anchor: '2026-01-05T09:00', participants: [u0, u1, u2] }`,
        ),
      ),
  },
  {
    name: 'open alerts (and about as many events of the record)',
    sizes: [1000, 10_000, 100_000],
    async grow(node, from, to, key) {
      const agent = new Agent({ keepAlive: true })
      for (let n = from; n < to; n += 500) await post(agent, node.port, '/api/v2/alerts', alertsBody(500, `open-${n}`), key)
      agent.destroy()
      await allRead(node.port)
    },
  },
]

export async function growth(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const rows: string[][] = []
  try {
    for (const { name, sizes, grow } of dimensions) {
      const node = await startNode(setting, 18099, { TOCSIN_SMTP_URL: mails.url })
      try {
        const keys = await addKeys(node.port, 'growth', 2)
        await applied(node, paged)
        let from = 0
        for (const to of sizes) {
          await grow(node, from, to, keys[1]!)
          from = to
          const found = await measured(node, mails, keys[0]!)
          rows.push([name, to.toLocaleString('en'), ...found])
        }
      } finally {
        await node.stop()
      }
      if (setting.databaseUrl) await emptied(setting.databaseUrl)
    }
  } finally {
    await mails.stop()
  }
  printTable(
    [
      `growth on ${setting.kind}`,
      'how many',
      'request of 100 new alerts, ms',
      'POST → mail, ms',
      'GET /alerts, ms',
      'GET /on-call, ms',
      'MiB',
    ],
    rows,
  )
  if (setting.databaseUrl) await nodes(setting)
}

const paged = numbered(
  0,
  people,
  (n) =>
    `kind: user\nhandle: u${n}\nname: U${n}\nemail: u${n}@example.org\n---\nkind: policy\nslug: p${n}\nname: P${n}\nlevels:\n  - { targets: [{ user: u${n} }], delaySeconds: 3600 }\n---\nkind: service\nslug: p${n}\nname: P${n}\npolicy: p${n}`,
)

let names = 0

/** Medians. Each person is paged less than five times a minute, or a summary would come. */
async function measured(node: Node, mails: Receiver, key: string): Promise<string[]> {
  const agent = new Agent({ keepAlive: true })
  const times = { request: [] as number[], page: [] as number[], alerts: [] as number[], oncall: [] as number[] }
  const timed = async (into: number[], work: () => Promise<unknown>) => {
    const began = performance.now()
    await work()
    into.push(performance.now() - began)
  }
  for (let n = 0; n < asked; n++) {
    await timed(times.request, () => post(agent, node.port, '/api/v2/alerts', alertsBody(100, `g${++names}`), key))
    await timed(times.page, async () => {
      const name = `Page${++names}x`
      const arrival = mails.arrival(name)
      const labels = { alertname: name, severity: 'critical', service: `p${n % people}` }
      await post(agent, node.port, '/api/v2/alerts', JSON.stringify([{ labels, annotations: { summary: name } }]), key)
      await arrival
    })
    await timed(times.alerts, () => must(node.port, 'GET', '/alerts?state=open'))
    if (n < 5) await timed(times.oncall, () => must(node.port, 'GET', '/on-call'))
  }
  agent.destroy()
  return [...Object.values(times).map((values) => milliseconds(median(values))), String(residentMiB(node.pid))]
}

/** Everything gone: the next node begins with nothing. */
async function emptied(url: string): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('drop schema public cascade; create schema public')
  await client.end()
}

async function nodes(setting: Setting): Promise<void> {
  const running: Node[] = []
  const rows: string[][] = []
  let keys: string[] = []
  const key = { TOCSIN_SECRET_KEY: 'bench-key-of-all-nodes-0123456789abcdef' }
  try {
    for (let count = 1; count <= 3; count++) {
      running.push(await startNode(setting, 18100 + count, key))
      const ports = running.map(({ port }) => port)
      if (count === 1) keys = await addKeys(ports[0]!, 'nodes', 8)
      const rates = await Promise.all(
        ports.map((port) =>
          acceptRate(port, '/api/v2/alerts', { batch: 100, connections: Math.ceil(8 / ports.length), seconds, fresh: true }, keys),
        ),
      )
      await allRead(ports[0]!)
      rows.push([String(count), perSecond(rates.reduce((sum, rate) => sum + rate, 0))])
    }
  } finally {
    for (const node of running) await node.stop()
  }
  printTable(['nodes on one PostgreSQL, all on these cores', 'new alerts/s, 100 × 8'], rows)
  print('More nodes help where there are more cores: here they share them with the database and with the load.')
}
