// Three nodes on one PostgreSQL: one for the web only, one that only works, one that does both. What one does is seen by the others, work is shared,
// and a node that is killed is replaced. Skipped, with its reason, where PostgreSQL is not installed.
import { request, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, startTocsin } from '../ops/real/programs.ts'
import { administrator, ask, eventually, integrationKey, must, startMailbox, token } from './organisation.ts'

type Node = Awaited<ReturnType<typeof startTocsin>>

const [webPort, bothPort] = [18401, 18402]
const publicUrl = `http://127.0.0.1:${webPort}`
const pages = 40
const postgres = startPostgres(18440)
if (!postgres) process.stdout.write('Three nodes on one database are skipped: PostgreSQL is not installed.\n')

const policy = `kind: policy\nslug: one\nname: One level\nlevels:\n  - { targets: [{ user: mara }], delaySeconds: 600 }\n`
const service = (slug: string, policySlug = 'one') => `kind: service\nslug: ${slug}\nname: ${slug}\npolicy: ${policySlug}\n`
/** So many people share the pages: nobody is paged so often in a minute that a summary comes instead. */
const people = 10
const personOf = (n: number) =>
  `kind: user\nhandle: person-${n}\nname: Person ${n}\nemail: person-${n}@example.org\n---\nkind: policy\nslug: shared-${n}\nname: Shared ${n}\nlevels:\n  - { targets: [{ user: person-${n} }], delaySeconds: 600 }\n---\n${service(`shared-${n}`, `shared-${n}`)}`
const apply = (port: number, text: string) => must(port, 'POST', '/configuration/apply', { files: [{ path: 'all.yaml', text }] })
const alert = (port: number, key: string, name: string, service = 'checkout') =>
  ask(port, 'POST', `/in/${key}/api/v2/alerts`, [
    {
      labels: { alertname: name, severity: 'critical', service },
      annotations: { summary: name },
      endsAt: '2099-01-01T00:00:00Z',
    },
  ])

describe.skipIf(!postgres)('three nodes on one database', () => {
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let database: pg.Client
  let [web, worker, both] = [] as unknown as [Node, Node, Node]
  const environment = () => ({
    DATABASE_URL: postgres!.url,
    TOCSIN_URL: publicUrl,
    TOCSIN_SECRET_KEY: 'the-same-master-key-on-all-three-nodes',
    TOCSIN_ADMIN_EMAIL: administrator.email,
    TOCSIN_ADMIN_PASSWORD: administrator.password,
    TOCSIN_ADMIN_TOKEN: token,
    TOCSIN_SMTP_URL: mailbox.url,
    TOCSIN_ALLOW_HOSTS: '127.0.0.1',
  })
  const count = async (statement: string) => Number((await database.query<{ count: string }>(statement)).rows[0]!.count)
  const mailsOf = (name: RegExp) => mailbox.mails.filter((mail) => name.test(mail.text))

  beforeAll(async () => {
    mailbox = await startMailbox()
    web = await startTocsin(webPort, environment(), undefined, 'web')
    database = new pg.Client({ connectionString: postgres!.url })
    await database.connect()
  })
  afterAll(async () => {
    for (const node of [web, worker, both]) await node?.kill()
    await database?.end()
    await mailbox?.stop()
    postgres?.stop()
  })

  test('a node for the web only takes alerts and runs no jobs; a worker that comes later pages', async () => {
    await apply(
      webPort,
      `kind: user\nhandle: mara\nname: Mara Lindqvist\nemail: mara@example.org\nrole: administrator\n---\n${policy}---\n${service('checkout')}`,
    )
    await must(webPort, 'POST', '/integrations', { name: 'Nodes', kind: 'alertmanager', key: integrationKey })
    expect((await alert(webPort, integrationKey, 'Early')).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(mailbox.mails).toEqual([])
    expect(await count('select count(*) from nodes')).toBe(0)
    expect(await count('select count(*) from jobs where owner is not null')).toBe(0)
    worker = await startTocsin(18403, environment(), undefined, 'worker')
    const mail = await eventually('page by mail', 60, async () => mailsOf(/Early/)[0])
    expect(mail.to).toBe(administrator.email)
    expect(await count('select count(*) from nodes')).toBe(1)
  })

  test('what is set up through one node holds on the other at once', async () => {
    both = await startTocsin(bothPort, environment())
    expect(await must(bothPort, 'GET', '/services/checkout')).toMatchObject({ slug: 'checkout' })
    await apply(bothPort, service('search'))
    expect(await must(webPort, 'GET', '/services/search')).toMatchObject({ slug: 'search' })
    const key = 'e2e-second-0123456789abcdef012345'
    expect((await alert(webPort, key, 'Unknown')).status).not.toBe(200)
    await must(bothPort, 'POST', '/integrations', { name: 'Second', kind: 'alertmanager', key })
    await eventually('key known to the other node', 60, async () =>
      (await alert(webPort, key, 'Known')).status === 200 ? true : undefined,
    )
  })

  test('a page that is open on one node hears of what was done through the other', async () => {
    const live = await openLive(webPort)
    await apply(bothPort, service('basket'))
    await eventually('change in the live stream', 60, async () =>
      /event: changed\ndata: \[.*"service"/.test(live.heard()) ? true : undefined,
    )
    live.close()
  })

  test('a session and a phone link that one node made are good on the other', async () => {
    const signedIn = await plain(
      webPort,
      'POST',
      '/api/v1/session',
      { 'content-type': 'application/json', origin: publicUrl },
      JSON.stringify(administrator),
    )
    const cookie = signedIn.headers['set-cookie']![0]!.split(';')[0]!
    const me = await plain(bothPort, 'GET', '/api/v1/me', { cookie })
    expect(me).toMatchObject({ status: 200, text: expect.stringContaining(administrator.email) })
    const path = /\/p\/[\w.~-]+/.exec(mailsOf(/Early/)[0]!.text.replaceAll('=\r\n', '').replaceAll('=3D', '='))![0]
    for (const port of [webPort, bothPort])
      expect(await plain(port, 'GET', path)).toMatchObject({ status: 200, text: expect.stringContaining('Early') })
    expect(
      (await plain(bothPort, 'POST', `${path}/acknowledge`, { 'content-type': 'application/x-www-form-urlencoded', origin: publicUrl }))
        .text,
    ).toContain('You have it')
    const { items } = await must<{ items: { title: string }[] }>(webPort, 'GET', '/pages?state=acknowledged')
    expect(items.map(({ title }) => title).join()).toContain('Early')
    expect((await plain(bothPort, 'DELETE', '/api/v1/session', { cookie, origin: publicUrl })).status).toBeLessThan(300)
    expect((await plain(webPort, 'GET', '/api/v1/me', { cookie })).status).toBe(401)
  })

  test('work is shared; a worker that is killed in the middle is replaced: nothing is missing, nothing is sent twice', async () => {
    await apply(bothPort, Array.from({ length: people }, (_, n) => personOf(n)).join('---\n'))
    const before = mailbox.mails.length
    const owners = new Set<string>()
    let killed: Promise<void> | undefined
    const watching = eventually(
      `${pages} pages`,
      60,
      async () => {
        for (const { owner } of (await database.query<{ owner: string }>('select distinct owner from jobs where owner is not null')).rows)
          owners.add(owner)
        if (owners.size >= 2 && mailbox.mails.length - before >= 5) killed ??= worker.kill()
        return new Set(mailsOf(/Shared\d+/).map(({ messageId }) => messageId)).size >= pages ? true : undefined
      },
      20,
    )
    for (let index = 0; index < pages; index++)
      expect(
        (await alert(index % 2 === 0 ? webPort : bothPort, integrationKey, `Shared${index}x`, `shared-${index % people}`)).status,
      ).toBe(200)
    await watching
    expect(killed, 'both nodes had work, and one was killed while there was some').toBeDefined()
    await killed
    await eventually('end of all work', 60, async () =>
      (await count("select count(*) from jobs where kind = 'effect'")) === 0 ? true : undefined,
    )
    const sent = Map.groupBy(mailsOf(/Shared\d+/), ({ messageId }) => messageId)
    expect(new Set([...sent.values()].map(([mail]) => /Shared\d+x/.exec(mail!.text)![0])).size).toBe(pages)
    expect(sent.size).toBe(pages)
    for (const [, ...again] of sent.values()) for (const mail of again) expect(mail.text).toMatch(/repeat/i)
    expect(await count('select count(*) from nodes')).toBe(1)
    expect(await count('select count(*) from jobs where parked_at is not null')).toBe(0)
  })

  test('a node that is asked to stop finishes, leaves nothing behind and ends with 0', async () => {
    worker = await startTocsin(18403, environment(), undefined, 'worker')
    await eventually('second worker', 60, async () => ((await count('select count(*) from nodes')) === 2 ? true : undefined))
    expect((await alert(webPort, integrationKey, 'Last')).status).toBe(200)
    await Promise.all([both.stop(), worker.stop()])
    expect(await Promise.all([both.exit, worker.exit])).toEqual([0, 0])
    expect(await count('select count(*) from nodes')).toBe(0)
    expect(await count('select count(*) from jobs where owner is not null')).toBe(0)
    const live = await openLive(webPort)
    await web.stop()
    expect(await web.exit).toBe(0)
    live.close()
  })
})

/** One request without the token. */
function plain(port: number, method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** The live stream as an open page hears it. Resolves when the node has said hello. */
async function openLive(port: number): Promise<{ heard(): string; close(): void }> {
  let heard = ''
  const asked = request({ host: '127.0.0.1', port, path: '/api/v1/live', headers: { authorization: `Bearer ${token}` } }, (response) => {
    response.on('data', (chunk: Buffer) => void (heard += chunk.toString('utf8')))
    response.on('error', () => undefined)
  })
  asked.on('error', () => undefined)
  asked.end()
  await eventually('hello of the live stream', 60, async () => (heard.includes('event: hello') ? true : undefined))
  return { heard: () => heard, close: () => asked.destroy() }
}
