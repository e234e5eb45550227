// A public status page that many look at while something is broken: how many are answered, and what a page of somebody on call takes meanwhile.
import { askAllTheTime } from './asking.ts'
import { median, milliseconds, percentile, perSecond, print, printTable } from './figures.ts'
import { onCall, pagesUntil } from './paging.ts'
import { mailReceiver } from './receivers.ts'
import { addKeys, apply, must, startNode, type Setting } from './setting.ts'

const components = 20
const connections = 32
const pages = 40

const organisation = [
  ...Array.from({ length: components }, (_, n) => `kind: component\nslug: c${n}\nname: Component ${n}\n`),
  `kind: status-page\nslug: shop\nname: Shop\nvisibility: public\nzone: Europe/Berlin\ncomponents: [${Array.from({ length: components }, (_, n) => `c${n}`).join(', ')}]\n`,
  ...onCall,
].join('---\n')

export async function visitors(setting: Setting): Promise<void> {
  const mails = await mailReceiver()
  // Each visitor comes from a network of their own, through a proxy.
  const node = await startNode(setting, 18100, { TOCSIN_SMTP_URL: mails.url, TOCSIN_TRUSTED_PROXIES: '1' })
  try {
    await apply(node.port, organisation)
    const [key] = await addKeys(node.port, 'visitors', 1)
    const { id } = await must<{ id: string }>(node.port, 'POST', '/incidents', { title: 'Payments fail', type: 'sre', severity: 'SEV2' })
    const named = [{ component: 'c0', status: 'partly-down' }]
    await must(node.port, 'POST', '/updates', { incident: id, text: 'Some payments fail.', components: named })
    const before = await pagesUntil((n) => n >= pages, node.port, key!, mails)
    const visits = askAllTheTime(node.port, connections, 200, () => ({ path: '/s/shop' }))
    const meanwhile = await pagesUntil((n) => n >= pages, node.port, key!, mails)
    const { perSecond: rate, took } = await visits.stop()
    const row = (what: string, some: readonly number[]) => [
      what,
      milliseconds(median(some)),
      milliseconds(percentile(some, 0.99)),
      milliseconds(Math.max(...some)),
    ]
    printTable(
      [`a status page that ${connections} look at all the time on ${setting.kind}, ms`, 'p50', 'p99', 'slowest'],
      [row('a visitor', took), row('a page before', before), row('a page meanwhile', meanwhile)],
    )
    print(`${perSecond(rate)} visitors a second.`)
  } finally {
    await node.stop()
    await mails.stop()
  }
}
