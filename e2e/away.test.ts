// A database that is away: senders are told to come back, people read a sentence, nothing is lost, and what fell due meanwhile goes out on its return.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPostgres, startPostgres, startTocsin, type Peer } from '../ops/real/programs.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token } from './organisation.ts'

if (!hasPostgres()) process.stdout.write('The database that is away is skipped: PostgreSQL is not installed.\n')
const port = 18220
const organisation = [
  {
    path: 'all.yaml',
    text: `kind: user\nhandle: mara\nname: Mara Lindqvist\nemail: mara@example.org\nrole: administrator\n---\nkind: user\nhandle: ben\nname: Ben Okafor\nemail: ben@example.org\n---\nkind: policy\nslug: two\nname: Two levels\nrepeat: 0\nlevels:\n  - { targets: [{ user: mara }], delaySeconds: 60 }\n  - { targets: [{ user: ben }], delaySeconds: 600 }\n---\nkind: service\nslug: checkout\nname: Checkout\npolicy: two\n`,
  },
]
const alert = (name: string) => [
  {
    labels: { alertname: name, severity: 'critical', service: 'checkout' },
    annotations: { summary: name },
    endsAt: '2099-01-01T00:00:00Z',
  },
]

describe.skipIf(!hasPostgres())('while the database is away', () => {
  let postgres: NonNullable<ReturnType<typeof startPostgres>>
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let node: Peer
  const send = (name: string) => ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, alert(name))
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status

  beforeAll(async () => {
    postgres = startPostgres(15434)!
    mailbox = await startMailbox()
    node = await startTocsin(port, {
      DATABASE_URL: postgres.url,
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: mailbox.url,
      TOCSIN_ALLOW_HOSTS: '127.0.0.1',
    })
    await must(port, 'POST', '/configuration/apply', { files: organisation })
    await must(port, 'POST', '/integrations', { name: 'Away', kind: 'alertmanager', key: integrationKey })
  }, 120_000)
  afterAll(async () => {
    await node?.stop()
    await mailbox?.stop()
    postgres?.stop()
  })

  test('senders hear 503 with Retry-After, people a sentence; on its return all goes on and nothing was lost', async () => {
    expect((await send('Before')).status).toBe(200)
    await eventually('first page', 20, async () => mailbox.mails.find(({ to }) => to === 'mara@example.org'))
    const paged = performance.now()
    postgres.halt()

    const refused = await send('Meanwhile')
    expect(refused.status).toBe(503)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(JSON.stringify(refused.body)).toMatch(/database/i)
    expect(JSON.stringify(refused.body)).not.toMatch(/ECONN|at \w+ \(|node_modules/)
    const read = await ask(port, 'GET', '/alerts')
    expect(read.status).toBe(503)
    expect(Number(read.headers['retry-after'])).toBeGreaterThan(0)
    expect(await status('/healthz')).toBe(200)
    expect(await status('/readyz')).toBe(503)
    expect(await status('/')).toBe(200)
    // Until after the second level has fallen due.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 63_000 - (performance.now() - paged))))
    expect(mailbox.mails.filter(({ to }) => to === 'ben@example.org')).toEqual([])

    postgres.resume()
    await eventually('accepted alert', 30, async () =>
      (await send('Meanwhile').catch(() => undefined))?.status === 200 ? true : undefined,
    )
    await eventually('page of the second level', 20, async () => mailbox.mails.find(({ to }) => to === 'ben@example.org'))
    const { items } = await must<{ items: { title: string }[] }>(port, 'GET', '/alerts?state=open')
    expect(items.map(({ title }) => title).sort()).toEqual(['Before', 'Meanwhile'])
    expect(await status('/readyz')).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const pages = new Map(mailbox.mails.map(({ messageId, to, text }) => [messageId, `${to} ${/Before|Meanwhile/.exec(text)?.[0]}`]))
    expect([...pages.values()].sort()).toEqual(['ben@example.org Before', 'mara@example.org Before', 'mara@example.org Meanwhile'])
  }, 180_000)
})
