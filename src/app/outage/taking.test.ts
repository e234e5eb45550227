// Whoever is told while the database is away says that they have it: nobody is told again, and on its return it is theirs and pages nobody.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { PageRequest } from '#kernel/page.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { addIntegration, keyHash } from '#domains/alerts/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { addService } from '#domains/directory/services.ts'
import { escalateNow } from '#domains/oncall/pages.ts'
import { addPolicy } from '#domains/oncall/policies.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { silentLog } from '#platform/log.ts'
import { pagingWorld } from '#scenarios/world/oncall.ts'
import { createBacklogReader } from '../backlog.ts'
import { createIntake } from '../intake.ts'
import type { KnownFile } from './known-file.ts'
import { readLastKnown } from './last-known.ts'
import { createOutage } from './outage.ts'
import { folderOnDisk } from './folder.ts'
import { openSpool, type Spool } from './spool.ts'
import { takingPages } from './taking-page.ts'

const key = 'a-key-of-a-sender-03'
let world: Awaited<ReturnType<typeof pagingWorld>>
let folder: string
let away = false
let engine: Engine
beforeAll(async () => {
  world = await pagingWorld([{ who: ['ana', 'ben'], delaySeconds: 300 }])
  await world.engine.run(system('test'), addIntegration, { name: 'Sender', kind: 'alertmanager', key })
  const levels = [{ targets: [{ user: 'ben' }], delaySeconds: 300 }]
  await world.do(world.admin, addPolicy, { slug: 'ledger', name: 'Ledger', levels })
  await world.do(world.admin, addService, { slug: 'ledger', name: 'Ledger', policy: 'ledger' })
  const slow = ['ana', 'ben'].map((user) => ({ targets: [{ user }], delaySeconds: 300 }))
  await world.do(world.admin, addPolicy, { slug: 'slow', name: 'Slow', levels: slow, ackTimeoutSeconds: 1800 })
  await world.do(world.admin, addService, { slug: 'slow', name: 'Slow', policy: 'slow' })
  engine = {
    ...world.engine,
    async transact(...given) {
      if (away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      return world.engine.transact(...given)
    },
  }
})
afterAll(() => world.close())
beforeEach(() => {
  away = false
  folder = mkdtempSync(join(tmpdir(), 'tocsin-taking-'))
  world.got.splice(0)
})
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close()
  rmSync(folder, { recursive: true })
})

const spools: Spool[] = []
/** Of one folder, as one process and the next are; `place` is another node's. */
async function node(place = folder) {
  const known = away ? undefined : await readLastKnown(world.engine)
  const file: KnownFile = { read: () => known ?? lastRead, write: async () => undefined }
  lastRead = known ?? lastRead
  const spool = openSpool(folderOnDisk(place), () => engine.newId('evt'))
  spools.push(spool)
  const outage = createOutage({ engine, spool, file, channels: world.channels, settings: () => undefined, log: silentLog() })
  const intake = createIntake(engine, { outage })
  const send = async (dedupKey: string, action: Signal['action'] = 'trigger', service = 'checkout') =>
    intake.accept((await intake.find(key))!, [
      { action, dedupKey, title: dedupKey, severity: 'critical', labels: { alertname: dedupKey }, service },
    ])
  const [get, post, push] = takingPages(engine, outage)
  const ask = (page: typeof get, token: string, form: PageRequest['form'] = {}, query: PageRequest['query'] = {}) =>
    page!.run({ params: { token }, query, form, headers: {} })
  return {
    outage,
    spool,
    send,
    get: (token: string, query?: PageRequest['query']) => ask(get, token, {}, query),
    post: (token: string, form: PageRequest['form'] = { do: 'acknowledge' }) => ask(post, token, form),
    push: (token: string) => ask(push, token),
  }
}
let lastRead: Awaited<ReturnType<typeof readLastKnown>> | undefined

const noise = (dedupKey: string) => ({ action: 'trigger', dedupKey, title: dedupKey, severity: 'info', labels: {} }) as const
const passSeconds = (count: number) => world.clock.set(addSeconds(world.clock.now(), count))
/** What a person's phone has got since it was asked last. */
const heardBy = (who: string) => {
  const theirs = world.got.filter(({ channel, address }) => channel === 'web-push' && address.endsWith(`/${who}`))
  world.got.splice(0, world.got.length, ...world.got.filter((one) => !theirs.includes(one)))
  return theirs
}
const look = async ({ outage }: Awaited<ReturnType<typeof node>>) => {
  await outage.look()
  await new Promise((resolve) => setTimeout(resolve, 20))
}
const tokenIn = (url: string) => new URL(url).pathname.replace('/p/degraded/', '')
/** The token of what a person was told of an alert that came 20 s ago. */
async function tokenFor(who: string, running: Awaited<ReturnType<typeof node>>): Promise<string> {
  passSeconds(20)
  await look(running)
  return tokenIn(heardBy(who)[0]!.url)
}
/** Whatever follows from a piece happens before the next one is read: pages do not wait. */
async function back(running: Awaited<ReturnType<typeof node>>): Promise<void> {
  away = false
  await look(running)
  const settling: Engine['transact'] = async (...given) => {
    const answer = await world.engine.transact(...given)
    await world.settle()
    return answer
  }
  await createBacklogReader({ ...world.engine, transact: settling }, silentLog()).readAll()
}
const standing = (title: string) =>
  world.read((scope) =>
    scope.query<{ state: string; by: string | null; pages: number }>(
      sql`select g.state, u.handle as by, (select count(*)::int from pages p where p.group_id = g.id) as pages
        from alert_groups g left join users u on u.id = g.acknowledged_by where g.title = ${title} order by g.opened_at`,
    ),
  )
const taken = async (alerts: number) => expect((await world.events('person.took-degraded')).at(-1)?.data).toMatchObject({ alerts })

test('it is theirs when the database is back, said once in the record, and nobody is paged for it', async () => {
  const running = await node()
  away = true
  await running.send('Card payments fail')
  const token = await tokenFor('ana', running)
  const shown = await running.get(token)
  expect(shown.body).toMatch(/Paging you.*Card payments fail.*<button class="solid">Acknowledge/s)
  expect((await running.get(token)).body, 'opening it changes nothing').toMatch(/Paging you/)
  const answers = await Promise.all([running.post(token), running.post(token)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(answers[1]!.body).toMatch(/You have it/)
  expect((await running.get(token)).body).not.toContain('<button')
  heardBy('ben')
  passSeconds(120)
  await look(running)
  await back(running)
  expect(await standing('Card payments fail')).toEqual([{ state: 'acknowledged', by: 'ana', pages: 1 }])
  expect([...heardBy('ana'), ...heardBy('ben')]).toEqual([])
  expect(await world.events('person.took-degraded')).toHaveLength(1)
  expect(await world.events('page.person-paged')).toEqual([])
  await taken(1)
  const [acknowledged] = (await world.events('group.acknowledged')).slice(-1)
  expect(acknowledged!.actor).toMatch(/^usr_\w+ by link$/)
  expect((await running.post(token)).status, 'again, afterwards').toBe(200)
  await back(running)
  expect(await world.events('person.took-degraded')).toHaveLength(1)
})

test('it is theirs for as long as the policy lets them, and they can ask for help', async () => {
  const running = await node()
  away = true
  await running.send('Forgotten', 'trigger', 'slow')
  await running.post(await tokenFor('ana', running))
  await back(running)
  expect(await standing('Forgotten')).toEqual([{ state: 'acknowledged', by: 'ana', pages: 1 }])
  const [page] = await world.read((scope) =>
    scope.query<{ id: `pag_${string}`; state: string }>(sql`select id, state from pages where title like '%Forgotten'`),
  )
  expect(page!.state).toBe('acknowledged')
  await world.do(world.admin, escalateNow, { pageId: page!.id })
  await world.settle()
  expect(heardBy('ben').map(({ title }) => title)).toEqual(['Critical: Forgotten'])
  expect(heardBy('ana')).toEqual([])
  await world.pass('31 min')
  expect(await standing('Forgotten')).toEqual([{ state: 'triggered', by: null, pages: 1 }])
  expect(heardBy('ana').map(({ title }) => title)).toContainEqual(expect.stringMatching(/Forgotten/))
})

test('nobody else is told any more of what somebody has, and everybody of what is new', async () => {
  const running = await node()
  away = true
  await running.send('For Ben alone', 'trigger', 'ledger')
  await tokenFor('ben', running)
  await running.send('For both')
  const token = await tokenFor('ana', running)
  expect(heardBy('ben'), 'not before a minute after the last').toEqual([])
  await running.push(token)
  await running.send('New')
  passSeconds(61)
  await look(running)
  expect([...heardBy('ben'), ...heardBy('ana')].map(({ title }) => title)).toEqual(['Degraded: Critical: New', 'Degraded: Critical: New'])
  await back(running)
})

test('also when so much came after it that it is read before anything says who has it', async () => {
  const running = await node()
  away = true
  await running.send('Buried')
  const token = await tokenFor('ana', running)
  await running.outage.keep([
    {
      integration: { id: lastRead!.rules.keys.find((one) => one.keyHash === keyHash(key))!.id, serviceId: null, teamId: null },
      signals: Array.from({ length: 600 }, (_, n) => noise(`noise ${n}`)),
    },
  ])
  await running.post(token)
  heardBy('ben')
  await back(running)
  expect(await standing('Buried')).toEqual([{ state: 'acknowledged', by: 'ana', pages: 1 }])
  expect([...heardBy('ana'), ...heardBy('ben')]).toEqual([])
})

test('what somebody says after the database is back is theirs too, and ends the page', async () => {
  const running = await node()
  away = true
  await running.send('Slow thumb')
  const token = await tokenFor('ben', running)
  await back(running)
  expect(await standing('Slow thumb')).toEqual([{ state: 'triggered', by: null, pages: 1 }])
  expect((await running.post(token)).body).toMatch(/You have it/)
  await back(running)
  expect(await standing('Slow thumb')).toEqual([{ state: 'acknowledged', by: 'ben', pages: 1 }])
  expect(await world.read((scope) => scope.query(sql`select state from pages where title like '%Slow thumb'`))).toEqual([
    { state: 'acknowledged' },
  ])
})

test.each([true, false])(
  'the next process knows of it too: the link opens, and what was taken stays taken (taken before: %s)',
  async (before) => {
    const title = `Killed ${before ? 'after' : 'before'}`
    const first = await node()
    away = true
    await first.send(title)
    const token = await tokenFor('ana', first)
    if (before) await first.post(token)
    await first.spool.close()
    const next = await node()
    await look(next)
    expect((await next.get(token)).body).toMatch(before ? /You have it/ : /Paging you/)
    await next.post(token)
    await back(next)
    expect(await standing(title)).toEqual([{ state: 'acknowledged', by: 'ana', pages: 1 }])
  },
)

test('a process that finds its database there, and what was taken before it began, gives it to its person before anybody is paged', async () => {
  const first = await node()
  away = true
  await first.send('Taken and restarted')
  const token = await tokenFor('ana', first)
  await first.post(token)
  await first.spool.close()
  heardBy('ana')
  heardBy('ben')
  away = false
  await back(await node())
  expect(await standing('Taken and restarted')).toEqual([{ state: 'acknowledged', by: 'ana', pages: 1 }])
  expect([...heardBy('ana'), ...heardBy('ben')]).toEqual([])
})

test('what ends and begins anew after that is nobody’s, and pages', async () => {
  const running = await node()
  away = true
  await running.send('Flaps')
  await running.post(await tokenFor('ana', running))
  passSeconds(5)
  await running.send('Flaps', 'resolve')
  passSeconds(5)
  await running.send('Flaps')
  await back(running)
  expect((await standing('Flaps')).at(-1)).toEqual({ state: 'triggered', by: null, pages: 1 })
})

test('a person who may not sign in any more has nothing: it pages', async () => {
  const running = await node()
  away = true
  await running.send('Left the company')
  await running.post(await tokenFor('ben', running))
  away = false
  await world.do(world.admin, disableUser, { user: 'ben' })
  await back(running)
  expect(await standing('Left the company')).toEqual([{ state: 'triggered', by: null, pages: 1 }])
})

test('a link is one person’s and one message’s; anything else opens nothing and changes nothing', async () => {
  const running = await node()
  away = true
  await running.send('Guarded')
  const token = await tokenFor('ana', running)
  const altered = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
  expect((await running.get(altered)).status).toBe(404)
  expect((await running.post(altered)).status).toBe(404)
  expect((await running.get(token, { next: '1' })).status).toBe(404)
  expect((await running.post(token, { do: 'resolve' })).status).toBe(400)
  expect((await running.post(token, {})).status).toBe(400)
  expect((await running.get(token)).body).toMatch(/Paging you/)
  const elsewhere = await node(join(folder, 'elsewhere'))
  await look(elsewhere)
  expect((await elsewhere.get(token)).status, 'another node has not sent it').toBe(410)
  await back(running)
})

test('what an alert is called is text on its page', async () => {
  const running = await node()
  away = true
  await running.send('<img src=x onerror=alert(1)>')
  expect((await running.get(await tokenFor('ana', running))).body).not.toContain('<img')
  await back(running)
})

test('what began anew through another node after the button was pressed is nobody’s, and pages', async () => {
  const running = await node()
  away = true
  await running.send('Comes back')
  await running.send('Stays open')
  await running.post(await tokenFor('ana', running))
  const other = createIntake(world.engine)
  const through = async (action: Signal['action'], dedupKey: string) => {
    passSeconds(1)
    await other.accept((await other.find(key))!, [
      { action, dedupKey, title: dedupKey, severity: 'critical', labels: { alertname: dedupKey }, service: 'checkout' },
    ])
  }
  await through('resolve', 'Comes back')
  await through('trigger', 'Comes back')
  await back(running)
  expect(await standing('Comes back')).toEqual([{ state: 'triggered', by: null, pages: 1 }])
  expect(await standing('Stays open')).toEqual([{ state: 'acknowledged', by: 'ana', pages: 1 }])
})
