// What anybody on the internet may ask without being known, asked all the time: how many are answered, and what a page of somebody on call takes meanwhile.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askAllTheTime, type Question } from './asking.ts'
import { median, milliseconds, percentile, perSecond, printTable } from './figures.ts'
import { onCall, pagesUntil } from './paging.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, apply, startNode, type Setting } from './setting.ts'

const connections = 32
const pages = 30

const web = fileURLToPath(new URL('../../web/dist/assets', import.meta.url))
const script = readdirSync(web).find((name) => /^index-.*\.js$/.test(name))
if (script === undefined) throw new Error(`there is no script in ${join(web)}: npm run build:web`)
const browser = { 'accept-encoding': 'gzip, deflate, br, zstd' }
const json = { 'content-type': 'application/json' }

type Asking = { what: string; status: number; question: (lane: number, n: number) => Question }
const askings: Asking[] = [
  { what: 'the web app', status: 200, question: () => ({ path: '/incidents', headers: browser }) },
  { what: 'its script', status: 200, question: () => ({ path: `/assets/${script}`, headers: browser }) },
  { what: 'its script, not compressed', status: 200, question: () => ({ path: `/assets/${script}` }) },
  { what: 'a status page that is not there', status: 404, question: (lane, n) => ({ path: `/s/none-${lane}-${n}` }) },
  { what: 'a link that is not valid', status: 404, question: (lane, n) => ({ path: `/p/none-${lane}-${n}` }) },
  { what: 'a list, and not signed in', status: 401, question: () => ({ path: '/api/v1/incidents' }) },
  {
    what: 'a list, with a token that is none',
    status: 401,
    question: (lane, n) => ({ path: '/api/v1/incidents', headers: { authorization: `Bearer tok_${lane}_${n}` } }),
  },
  {
    what: 'an alert, with a key that is none',
    status: 401,
    question: (lane, n) => ({
      method: 'POST',
      path: '/api/v2/alerts',
      headers: { ...json, authorization: `Bearer key-${lane}-${n}` },
      body: '[{"labels":{"alertname":"A"}}]',
    }),
  },
  {
    what: 'to be signed in, with a wrong password',
    status: 401,
    question: (lane, n) => ({
      method: 'POST',
      path: '/api/v1/session',
      headers: json,
      body: JSON.stringify({ email: `nobody-${lane}-${n}@example.org`, password: 'a wrong one of some length' }),
    }),
  },
]

export async function strangers(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  const node = await startNode(setting, 18100, { TOCSIN_SMTP_URL: mails.url, TOCSIN_TRUSTED_PROXIES: '1' })
  try {
    await apply(node.port, onCall.join('---\n'))
    const [key] = await addKeys(node.port, 'strangers', 1)
    const pageNow = () => pagesUntil((n) => n >= pages, node.port, key!, mails)
    const row = (what: string, asked: string, some: readonly number[]) => [
      what,
      asked,
      milliseconds(median(some)),
      milliseconds(percentile(some, 0.99)),
    ]
    const rows = [row('nothing', '', await pageNow())]
    for (const { what, status, question } of askings) {
      const asking = askAllTheTime(node.port, connections, status, question)
      const took = await pageNow()
      const { perSecond: rate } = await asking.stop()
      rows.push(row(what, perSecond(rate), took))
    }
    printTable(
      [`what ${connections} strangers ask all the time on ${setting.kind}`, 'answers a second', 'a page meanwhile, p50 ms', 'p99 ms'],
      rows,
    )
  } finally {
    await node.stop()
    await mails.stop()
  }
}
