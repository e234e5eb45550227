// A node that starts before its database: a host that was rebooted. It takes alerts in, tells the last known person on call, and when the database answers it
// does everything, without another start.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFirstReach } from '#app/first-reach.ts'
import { Secret } from '#kernel/secret.ts'
import { freshFolder, hasPostgres, startPostgres, startTocsin } from '../ops/real/programs.ts'
import { chromiumPath, openBrowser, openPage, screens } from './browser.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token } from './organisation.ts'

if (!hasPostgres()) process.stdout.write('The database that comes late is skipped: PostgreSQL is not installed.\n')
const port = 18230
const newPort = 18231
const routingKey = 'e2e-late-pagerduty-01'
const organisation = [
  {
    path: 'all.yaml',
    text: `kind: user\nhandle: mara\nname: Mara Lindqvist\nemail: mara@example.org\nrole: administrator\n---\nkind: policy\nslug: one\nname: One level\nrepeat: 0\nlevels:\n  - { targets: [{ user: mara }], delaySeconds: 600 }\n---\nkind: service\nslug: checkout\nname: Checkout\npolicy: one\n`,
  },
]
const alert = (name: string) => [
  {
    labels: { alertname: name, severity: 'critical', service: 'checkout' },
    annotations: { summary: name },
    endsAt: '2099-01-01T00:00:00Z',
  },
]

describe.skipIf(!hasPostgres())('a node that starts while its database is away', () => {
  let postgres: NonNullable<ReturnType<typeof startPostgres>>
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  type Node = Awaited<ReturnType<typeof startTocsin>>
  const nodes: Node[] = []
  /** What all of them have printed. */
  let said = ''
  const start = async (at: number, folder: string, how: { database?: string; answering?: '/healthz' } = {}): Promise<Node> => {
    const environment = {
      DATABASE_URL: how.database ?? postgres.url,
      TOCSIN_ADMIN_EMAIL: administrator.email,
      TOCSIN_ADMIN_PASSWORD: administrator.password,
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_SMTP_URL: mailbox.url,
      TOCSIN_ALLOW_HOSTS: '127.0.0.1',
      TOCSIN_SECRET_KEY: 'one-master-key-for-all-nodes-of-this-test',
    }
    const node = await startTocsin(at, environment, folder, undefined, (text) => void (said += text), how.answering)
    nodes.push(node)
    return node
  }
  const send = (name: string, at = port, key = integrationKey) => ask(at, 'POST', `/in/${key}/api/v2/alerts`, alert(name))
  const sendAsPagerDuty = async (summary: string) =>
    fetch(`http://127.0.0.1:${port}/v2/enqueue`, {
      method: 'POST',
      body: JSON.stringify({
        routing_key: routingKey,
        event_action: 'trigger',
        payload: { summary, source: 'checkout-1', severity: 'critical', custom_details: {} },
      }),
    })
  const readiness = async (at: number) => {
    const answer = await fetch(`http://127.0.0.1:${at}/readyz`)
    return { status: answer.status, text: await answer.text() }
  }
  /** A person presses the button of the message, and then opens Tocsin: what they read, and that it goes on by itself. */
  const inBrowser = async (link: string) => {
    if (chromiumPath === undefined) return undefined
    const browser = await openBrowser()
    const { page } = await openPage(browser, screens[2]!)
    await page.goto(link)
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('You have it').waitFor()
    await page.goto(`http://127.0.0.1:${port}/`)
    await page.getByText('The database cannot be reached').waitFor()
    return {
      async hasSignIn() {
        await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 15_000 })
        await browser.close()
      },
    }
  }
  const titles = async () =>
    (await must<{ items: { title: string }[] }>(port, 'GET', '/alerts?state=open')).items.map(({ title }) => title).sort()

  beforeAll(async () => {
    postgres = startPostgres(15436)!
    mailbox = await startMailbox()
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await mailbox?.stop()
    postgres?.stop()
  })

  test('takes alerts in and pages from what it last knew, ends when it is asked to, and does everything once the database answers', async () => {
    const folder = freshFolder()
    const before = await start(port, folder)
    await must(port, 'POST', '/configuration/apply', { files: organisation })
    await must(port, 'POST', '/integrations', { name: 'Late', kind: 'alertmanager', key: integrationKey })
    await must(port, 'POST', '/integrations', { name: 'Late, by PagerDuty', kind: 'pagerduty', key: routingKey })
    const changed = Date.now()
    await eventually('file of what is last known', 60, async () =>
      statSync(join(folder, 'last-known')).mtimeMs > changed ? true : undefined,
    )
    await before.kill()
    postgres.halt()

    const rebooted = await start(port, folder, { answering: '/healthz' })
    expect(await readiness(port)).toMatchObject({
      status: 503,
      text: expect.stringMatching(/database has not answered since this node started/),
    })
    expect((await send('First')).status).toBe(200)
    const read = await ask(port, 'GET', '/alerts')
    expect(read.status).toBe(503)
    expect(JSON.stringify(read.body)).toMatch(/database/i)
    rebooted.terminate()
    expect(await rebooted.exit, 'asked to stop').toBe(0)

    const node = await start(port, folder, { answering: '/healthz' })
    expect((await send('Second')).status).toBe(200)
    expect((await sendAsPagerDuty('Third')).status).toBe(202)
    const stranger = await send('By a stranger', port, 'e2e-late-stranger-01')
    expect(stranger.status).toBe(503)
    expect(Number(stranger.headers['retry-after'])).toBeGreaterThan(0)
    // Beside it a node that has never seen the database.
    await start(newPort, freshFolder(), { answering: '/healthz' })
    const unknown = await send('Too early', newPort)
    expect(unknown.status).toBe(503)
    expect(JSON.stringify(unknown.body)).toMatch(/never read which keys there are/)
    expect((await readiness(newPort)).text).toMatch(/senders are refused/)
    expect(said, 'no stranger fills the log').not.toContain('an inbound request failed')
    expect(said).toContain('the database does not answer')
    const degraded = await eventually('degraded page', 60, async () =>
      mailbox.mails.find(({ text }) => /subject: Degraded/i.test(text) && text.includes('First')),
    )
    expect(degraded.to).toBe('mara@example.org')
    expect(mailbox.mails.filter(({ text }) => text.includes('stranger'))).toEqual([])
    const link = /http:\/\/\S+\/p\/degraded\/[\w-]+/.exec(degraded.text.replaceAll('=\r\n', ''))![0]
    expect(await (await fetch(link)).text()).toMatch(/Paging you.*First.*Acknowledge/s)
    const foreign = {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example.org' },
      body: new URLSearchParams({ do: 'acknowledge' }),
    }
    // Refused, and not with 403: that it was refused cannot be written down.
    expect((await fetch(link, foreign)).status, 'from another site').toBe(503)
    expect(await (await fetch(link)).text()).toMatch(/Paging you/)
    const reader = await inBrowser(link)
    if (!reader) await fetch(link, { method: 'POST', body: new URLSearchParams({ do: 'acknowledge' }) })
    expect(await (await fetch(link)).text()).toMatch(/You have it/)

    postgres.resume()
    for (const at of [port, newPort])
      await eventually(`readiness at ${at}`, 60, async () => ((await readiness(at)).status === 200 ? true : undefined))
    await reader?.hasSignIn()
    await eventually('alerts', 60, async () => ((await titles()).length >= 3 ? true : undefined))
    await eventually('page of what came meanwhile', 60, async () =>
      mailbox.mails.find(({ text }) => /subject: Critical: Second/i.test(text)),
    )
    const { items: groups } = await must<{ items: { title: string; state: string; acknowledgedBy: string | null }[] }>(
      port,
      'GET',
      '/alert-groups',
    )
    expect(groups.find(({ title }) => title === 'First')).toMatchObject({ state: 'acknowledged' })
    expect(
      mailbox.mails.filter(({ text }) => /subject: Critical: First/i.test(text)),
      'whoever has it is not paged for it',
    ).toEqual([])
    expect((await send('Fourth')).status).toBe(200)
    expect((await send('Fifth', newPort)).status).toBe(200)
    await eventually('all alerts', 60, async () => ((await titles()).length >= 5 ? true : undefined))
    expect(await titles()).toEqual(['Fifth', 'First', 'Fourth', 'Second', 'Third'])
    node.terminate()
    expect(await node.exit).toBe(0)
  }, 150_000)

  test('does not wait for a host that does not exist, unless it has reached it before', async () => {
    const misspelt = postgres.url.replace('127.0.0.1', 'db..example.org')
    const never = await start(18233, freshFolder(), { database: misspelt, answering: '/healthz' })
    expect(await never.exit).toBe(3)
    expect(said).toContain('DATABASE_URL names the host db..example.org, and there is no such name.')

    const folder = freshFolder()
    // As an earlier process of this node has left it, which reached the database when the name was known.
    openFirstReach(folder, new Secret(misspelt)).note()
    const again = await start(18234, folder, { database: misspelt, answering: '/healthz' })
    const ended = await Promise.race([again.exit, new Promise((resolve) => setTimeout(resolve, 12_000, 'it waits'))])
    expect(ended).toBe('it waits')
  })

  test('does not wait for a database that answers and refuses', async () => {
    await expect(start(18232, freshFolder(), { database: postgres.url.replace(/postgres$/, 'elsewhere') })).rejects.toThrow(
      /ended with 3 .*database "elsewhere" does not exist/s,
    )
  })
})
