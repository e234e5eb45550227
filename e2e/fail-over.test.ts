// A database that fails over to a copy which lags behind has lost what was written last, though it had said that it is kept. The nodes know what that was:
// alerts are taken in again and page, and those who administer read what is gone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, hasPostgres, startPostgres, startTocsin, type Postgres } from '../ops/real/programs.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token } from './organisation.ts'

if (!hasPostgres()) process.stdout.write('The database that fails over is skipped: PostgreSQL is not installed.\n')
const ports = [18226, 18227] as const
const files = [
  {
    path: 'all.yaml',
    text: `kind: user\nhandle: ben\nname: Ben Okafor\nemail: ben@example.org\n---\nkind: policy\nslug: one\nname: One level\nrepeat: 0\nlevels:\n  - { targets: [{ user: ben }], delaySeconds: 600 }\n---\nkind: service\nslug: checkout\nname: Checkout\npolicy: one\n`,
  },
]
const alert = (name: string) => [
  {
    labels: { alertname: name, severity: 'critical', service: 'checkout' },
    annotations: { summary: name },
    endsAt: '2099-01-01T00:00:00Z',
  },
]

describe.skipIf(!hasPostgres())('a database that fails over to a copy that lags', () => {
  let postgres: Postgres
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  const nodes: Awaited<ReturnType<typeof startTocsin>>[] = []

  beforeAll(async () => {
    postgres = startPostgres(15442)!
    mailbox = await startMailbox()
    for (const port of ports)
      nodes.push(
        await startTocsin(
          port,
          {
            DATABASE_URL: postgres.url,
            TOCSIN_SECRET_KEY: 'the-same-master-key-on-all-nodes-of-it',
            TOCSIN_ADMIN_EMAIL: administrator.email,
            TOCSIN_ADMIN_PASSWORD: administrator.password,
            TOCSIN_ADMIN_TOKEN: token,
            TOCSIN_SMTP_URL: mailbox.url,
            TOCSIN_ALLOW_HOSTS: '127.0.0.1',
          },
          freshFolder(),
        ),
      )
    await must(ports[0], 'POST', '/configuration/apply', { files })
    await must(ports[0], 'POST', '/integrations', { name: 'Copied', kind: 'alertmanager', key: integrationKey })
    postgres.copy(15443)
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await mailbox?.stop()
    postgres?.stop()
  })

  const send = (name: string, port: number = ports[0]) => ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, alert(name))
  const open = async () =>
    (await must<{ items: { title: string; count: number }[] }>(ports[0], 'GET', '/alerts?state=open')).items
      .map(({ title, count }) => `${title} ${count}`)
      .sort()
  const pagesOf = (name: string) => mailbox.mails.filter(({ to, text }) => to === 'ben@example.org' && text.includes(name))
  const toldOfLoss = () => mailbox.mails.filter(({ text }) => /subject: .*Tocsin itself: the database has lost/i.test(text))

  test('what a node had taken in then is taken in again and pages, and whoever administers is told once what is gone', async () => {
    expect((await send('Both have it')).status).toBe(200)
    await eventually('the first page', 60, async () => pagesOf('Both have it')[0])
    // The copy has it when it has what was written after it.
    await must(ports[0], 'POST', '/configuration/apply', { files })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    expect(await must(ports[0], 'GET', '/installation/health')).toMatchObject({ copies: { following: 1, isWaitedFor: false } })
    postgres.lag()
    expect((await send('Lost by the first')).status).toBe(200)
    expect((await send('Lost by the second', ports[1])).status).toBe(200)
    await eventually('pages of what will be lost', 60, async () => pagesOf('Lost by the second')[0] && pagesOf('Lost by the first')[0])
    await postgres.failOver()

    await eventually('that they are taken in again', 60, async () =>
      (await open().catch(() => [])).join() === 'Both have it 1,Lost by the first 1,Lost by the second 1' ? true : undefined,
    )
    await eventually('new pages of them', 60, async () => pagesOf('Lost by the first')[1] && pagesOf('Lost by the second')[1])
    const told = await eventually('word to whoever administers', 60, async () => toldOfLoss()[0])
    expect(told.text).toMatch(/fail(s|ed) over to a copy/)
    expect(pagesOf('Both have it')).toHaveLength(1)

    expect((await send('Afterwards')).status).toBe(200)
    await eventually('the page of what came afterwards', 60, async () => pagesOf('Afterwards')[0])
    expect(toldOfLoss()).toHaveLength(1)
  })
})

describe.skipIf(!hasPostgres())('a database that stands on several servers', () => {
  let postgres: Postgres
  let node: Awaited<ReturnType<typeof startTocsin>>
  beforeAll(async () => {
    postgres = startPostgres(15444)!
    postgres.copy(15445, { isWaitedFor: true })
    node = await startTocsin(
      ports[0],
      {
        // The copy stands first, and is no place to write to.
        DATABASE_URL: postgres.url.replace('127.0.0.1:15444', '127.0.0.1:15445,127.0.0.1:15444'),
        TOCSIN_ADMIN_EMAIL: administrator.email,
        TOCSIN_ADMIN_PASSWORD: administrator.password,
        TOCSIN_ADMIN_TOKEN: token,
      },
      freshFolder(),
    )
    await must(ports[0], 'POST', '/integrations', { name: 'Copied', kind: 'alertmanager', key: integrationKey })
  })
  afterAll(async () => {
    await node?.stop()
    postgres?.stop()
  })

  test('is found where it is written to, before and after a copy took over, and a copy that was waited for has lost nothing', async () => {
    const send = async (name: string) => (await ask(ports[0], 'POST', `/in/${integrationKey}/api/v2/alerts`, alert(name))).status
    const titles = async () =>
      (await must<{ items: { title: string }[] }>(ports[0], 'GET', '/alerts?state=open').catch(() => ({ items: [] }))).items
        .map(({ title }) => title)
        .sort()
        .join()
    expect(await must(ports[0], 'GET', '/installation/health')).toMatchObject({ copies: { following: 1, isWaitedFor: true } })
    expect(await send('Before')).toBe(200)
    const promoted = postgres.promote()
    expect(await send('Meanwhile')).toBe(200)
    await promoted
    await eventually('both, from the one that took over', 60, async () => ((await titles()) === 'Before,Meanwhile' ? true : undefined))
    expect(await send('After')).toBe(200)
    await eventually('all three', 60, async () => ((await titles()) === 'After,Before,Meanwhile' ? true : undefined))
    const { items } = await must<{ items: { type: string }[] }>(ports[0], 'GET', '/audit')
    expect(items.map(({ type }) => type)).not.toContain('database.lost')
  })
})
