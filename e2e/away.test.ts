// A database that is away: what senders send is kept on the node's disk, people read a sentence, whoever is on call is told, and on its return nothing is
// lost or doubled, also when the node died meanwhile.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, hasPostgres, startPostgres, startTocsin } from '../ops/real/programs.ts'
import { startDeploys } from './outside.ts'
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
  /** Stands for the service that pages when it hears no heartbeat. */
  let listener: Awaited<ReturnType<typeof startDeploys>>
  let node: Awaited<ReturnType<typeof startTocsin>>
  const start = (folder: string) =>
    startTocsin(
      port,
      {
        DATABASE_URL: postgres.url,
        TOCSIN_ADMIN_EMAIL: administrator.email,
        TOCSIN_ADMIN_PASSWORD: administrator.password,
        TOCSIN_ADMIN_TOKEN: token,
        TOCSIN_SMTP_URL: mailbox.url,
        TOCSIN_ALLOW_HOSTS: '127.0.0.1',
        TOCSIN_HEARTBEAT_URL: `${listener.address}/ping`,
        TOCSIN_HEARTBEAT_SECONDS: '10',
      },
      folder,
    )
  const send = (name: string) => ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, alert(name))
  const openTitles = async () =>
    (await must<{ items: { title: string }[] }>(port, 'GET', '/alerts?state=open')).items.map(({ title }) => title).sort()
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status

  beforeAll(async () => {
    postgres = startPostgres(15434)!
    mailbox = await startMailbox()
    listener = await startDeploys()
    node = await start(freshFolder())
    await must(port, 'POST', '/configuration/apply', { files: organisation })
    await must(port, 'POST', '/integrations', { name: 'Away', kind: 'alertmanager', key: integrationKey })
    // What a node decides by while its database is away, it reads within five seconds of a change.
    await new Promise((resolve) => setTimeout(resolve, 7000))
  })
  afterAll(async () => {
    await node?.stop()
    await mailbox?.stop()
    await listener?.stop()
    postgres?.stop()
  })

  test('senders hear yes, people a sentence, the last known person on call a degraded page; on its return all goes on and nothing was lost', async () => {
    expect((await send('Before')).status).toBe(200)
    await eventually('first page', 60, async () => mailbox.mails.find(({ to }) => to === 'mara@example.org'))
    await eventually('heartbeat', 60, async () => listener.calls.find(({ body }) => body.startsWith('Tocsin works')))
    const paged = performance.now()
    postgres.halt()
    await new Promise((resolve) => setTimeout(resolve, 500))
    const heard = listener.calls.length

    expect((await send('Meanwhile')).status).toBe(200)
    expect((await ask(port, 'POST', `/in/${integrationKey}/api/v2/alerts`, { not: 'a list' })).status).toBe(400)
    const read = await ask(port, 'GET', '/alerts')
    expect(read.status).toBe(503)
    expect(Number(read.headers['retry-after'])).toBeGreaterThan(0)
    expect(JSON.stringify(read.body)).toMatch(/database/i)
    expect(JSON.stringify(read.body)).not.toMatch(/ECONN|at \w+ \(|node_modules/)
    expect(await status('/healthz')).toBe(200)
    expect(await status('/readyz')).toBe(503)
    expect(await status('/')).toBe(200)
    const degraded = await eventually('degraded page', 60, async () => mailbox.mails.find(({ text }) => /subject: Degraded/i.test(text)))
    expect(degraded.to).toBe('mara@example.org')
    expect(degraded.text).toMatch(/Critical: Meanwhile/)
    // Until after the second level has fallen due.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 63_000 - (performance.now() - paged))))
    expect(mailbox.mails.filter(({ to }) => to === 'ben@example.org')).toEqual([])
    expect(listener.calls.length, 'no heartbeat while nothing can be stored').toBe(heard)

    postgres.resume()
    await eventually('page of the second level', 60, async () => mailbox.mails.find(({ to }) => to === 'ben@example.org'))
    await eventually('page of what came meanwhile', 60, async () =>
      mailbox.mails.find(({ text }) => /subject: Critical: Meanwhile/i.test(text)),
    )
    await eventually('heartbeat after it', 60, async () => (listener.calls.length > heard ? true : undefined))
    expect(await openTitles()).toEqual(['Before', 'Meanwhile'])
    expect(await status('/readyz')).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const pages = new Map(
      mailbox.mails.map(({ messageId, to, text }) => [messageId, `${to} ${/(Degraded: )?Critical: \w+/.exec(text)?.[0]}`]),
    )
    expect([...pages.values()].sort()).toEqual([
      'ben@example.org Critical: Before',
      'mara@example.org Critical: Before',
      'mara@example.org Critical: Meanwhile',
      'mara@example.org Degraded: Critical: Meanwhile',
    ])
  }, 180_000)

  test('a node that is killed before the database is back takes in what it had kept when it starts again, once', async () => {
    postgres.halt()
    for (const name of ['One', 'Two', 'One']) expect((await send(name)).status).toBe(200)
    await node.kill()
    postgres.resume()
    node = await start(node.folder)
    await eventually('alerts that were kept', 60, async () => ((await openTitles()).includes('Two') ? true : undefined))
    expect(await openTitles()).toEqual(['Before', 'Meanwhile', 'One', 'Two'])
    expect(existsSync(join(node.folder, 'spool')) ? readdirSync(join(node.folder, 'spool')) : []).toEqual([])
  })
})
