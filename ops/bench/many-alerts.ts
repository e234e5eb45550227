// Every kind of page of the alert list while 100,000 alerts are open, as an administrator and as a member of one team see it; and what open alerts cost
// the memory of a node: before them, with them, and of one that is started with them. Alertmanager, which has no pages, with the same alerts.
import { rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { freshFolder, residentMiB, startAlertmanager } from '../real/programs.ts'
import { median, milliseconds, pause, percentile, print, printTable } from './figures.ts'
import { fill, fillTocsin, organise, signIn, teams } from './many-alerts-put-in.ts'
import { asAdministrator, must, startNode, type Node, type Setting } from './setting.ts'

const open = Number(process.env['BENCH_ALERTS'] ?? 100_000)
const timesEach = Number(process.env['BENCH_TIMES'] ?? 20)
const settleSeconds = Number(process.env['BENCH_SETTLE'] ?? 20)
const port = 18090
const peerPort = 18089

type Page = { name: string; path: string }
type Headers = Record<string, string>

export async function many(setting: Setting): Promise<void> {
  await peer()
  const folder = freshFolder()
  const memory: string[] = []
  let node = await startNode(setting, port, {}, folder)
  try {
    await organise(port)
    memory.push(await resident(node))
    await fillTocsin(port, open)
    memory.push(await resident(node))
    await node.stop()
    node = await startNode(setting, port, {}, folder)
    memory.push(await resident(node))
    await printLists(setting)
    memory.push(await resident(node))
  } finally {
    await node.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  printTable(
    [`resident MiB on ${setting.kind}`, 'none open', `${open} taken in`, 'started anew', 'all lists asked'],
    [['Tocsin', ...memory]],
  )
}

async function resident(node: Pick<Node, 'pid'>): Promise<string> {
  await pause(settleSeconds * 1000)
  return String(residentMiB(node.pid))
}

async function printLists({ kind }: Setting): Promise<void> {
  const readers: [string, Headers][] = [
    ['administrator', asAdministrator],
    ['responder', await signIn(port)],
  ]
  const rows: string[][] = []
  let worst = 0
  for (const { name, path } of await pagesToAsk()) {
    const row = [name]
    for (const [, headers] of readers) {
      const { items, took } = await timed(port, `/api/v1${path}`, headers, timesEach)
      worst = Math.max(worst, percentile(took, 0.95))
      if (row.length === 1) row.push(items)
      row.push(...[median(took), percentile(took, 0.95), Math.max(...took)].map(milliseconds))
    }
    rows.push(row)
  }
  printTable([`lists on ${kind}, ${open} open, ms`, 'items', ...readers.flatMap(([who]) => [`${who} p50`, 'p95', 'max'])], rows)
  print(`The slowest kind of page has a p95 of ${milliseconds(worst)} ms.`)
}

async function pagesToAsk(): Promise<Page[]> {
  const { items: integrations } = await must<{ items: { id: string }[] }>(port, 'GET', '/integrations')
  const { items: groups } = await must<{ items: { id: string }[] }>(port, 'GET', '/alert-groups?limit=1')
  const list = (name: string, query: string): Page => ({ name, path: `/alerts?limit=100${query}` })
  return [
    list('first page', ''),
    list('open', '&state=open'),
    { name: 'open, deep inside', path: `/alerts?limit=100&state=open&cursor=${await deepCursor('/alerts?state=open', open / 2)}` },
    ...['triggered', 'acknowledged', 'suppressed', 'resolved'].map((state) => list(state, `&state=${state}`)),
    ...['critical', 'error', 'info'].map((severity) => list(`open, ${severity}`, `&state=open&severity=${severity}`)),
    list('open, one service', '&state=open&service=service-42'),
    list('open, one service, no such severity', '&state=open&service=service-42&severity=critical'),
    list('open, a team', '&state=open&team=team-0'),
    list('open, a team of members only', `&state=open&team=team-${teams - 1}`),
    list('open, one integration', `&state=open&integration=${integrations.at(-1)!.id}`),
    list('acknowledged, of a severity that none has', '&state=acknowledged&severity=critical'),
    list('open, text that many have', '&state=open&text=latency'),
    list('open, text that a few have', '&state=open&text=certificate'),
    list('open, text of one', '&state=open&text=instance%2077777%20is'),
    list('open, text of two letters that none has', '&state=open&text=qz'),
    list('open, text that none has', '&state=open&text=no%20such%20thing'),
    list('any state, text that none has', '&text=no%20such%20thing'),
    list('open, text beyond ASCII that none has', `&state=open&text=${encodeURIComponent('Überlauf')}`),
    { name: 'groups', path: '/alert-groups?limit=100' },
    { name: 'groups, open', path: '/alert-groups?limit=100&state=open' },
    {
      name: 'groups, deep inside',
      path: `/alert-groups?limit=100&state=open&cursor=${await deepCursor('/alert-groups?state=open', open / 10)}`,
    },
    ...['triggered', 'acknowledged', 'resolved'].map((state) => ({
      name: `groups, ${state}`,
      path: `/alert-groups?limit=100&state=${state}`,
    })),
    { name: 'one group', path: `/alert-groups/${groups[0]!.id}` },
    { name: 'counts', path: '/alert-counts' },
  ]
}

/** The cursor of the page after so many. */
async function deepCursor(path: string, after: number): Promise<string> {
  let cursor = ''
  for (let seen = 0; seen < after; seen += 200) {
    const page: { nextCursor?: string } = await must(port, 'GET', `${path}&limit=200${cursor && `&cursor=${cursor}`}`)
    if (page.nextCursor === undefined) break
    cursor = encodeURIComponent(page.nextCursor)
  }
  return cursor
}

/** Milliseconds until the whole answer was there, one request after the other; the first, which may compile things, is not counted. */
async function timed(at: number, path: string, headers: Headers, times: number): Promise<{ items: string; took: number[] }> {
  const agent = new Agent({ keepAlive: true })
  const took: number[] = []
  let text = ''
  for (let n = 0; n <= times; n++) {
    const began = performance.now()
    text = await got(agent, at, path, headers)
    if (n > 0) took.push(performance.now() - began)
  }
  agent.destroy()
  const read = JSON.parse(text) as { items?: unknown[]; alerts?: unknown[] } | unknown[]
  const items = Array.isArray(read) ? read : (read.items ?? read.alerts)
  return { items: items === undefined ? '–' : String(items.length), took }
}

const got = (agent: Agent, at: number, path: string, headers: Headers): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port: at, path, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => void parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 300)}`))
      })
    })
    asked.on('error', reject)
    asked.end()
  })

/** What Alertmanager does with as many. It knows no pages, so that whoever asks gets all that match. */
async function peer(): Promise<void> {
  const alertmanager = await startAlertmanager(peerPort, undefined, { by: '[service, cluster]', interval: '5m' })
  if (!alertmanager) return print('Alertmanager is not installed: its rows are left out.')
  try {
    const before = await resident(alertmanager)
    await fill(peerPort, open, [undefined, undefined, undefined, undefined])
    const after = await resident(alertmanager)
    const rows: string[][] = []
    for (const [name, filter] of [
      ['all', ''],
      ['critical', 'severity="critical"'],
      ['one service', 'service="service-42"'],
      ['none', 'service="none"'],
    ] as const) {
      const { items, took } = await timed(peerPort, `/api/v2/alerts?${filter && `filter=${encodeURIComponent(filter)}`}`, {}, 3)
      rows.push([name, items, milliseconds(median(took)), milliseconds(Math.max(...took))])
    }
    printTable(['Alertmanager, ms', 'items', 'p50', 'max'], rows)
    print(`Alertmanager keeps ${before} MiB with none, and ${after} MiB with ${open}.`)
  } finally {
    await alertmanager.stop()
  }
}
