// The mails that go out because time has passed, or because something ended or failed meanwhile, in a real Chromium: the attack texts stand in every field
// that reaches them. The engine is the real one on a virtual clock, and its mails go through the real channel to a mail server.
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '#app/wiring.ts'
import { createRehearsal } from '#app/heartbeat.ts'
import { emailChannel } from '#integrations/email/channel.ts'
import { system } from '#kernel/actor.ts'
import type { ChannelResult } from '#kernel/integration.ts'
import { Secret } from '#kernel/secret.ts'
import { sql } from '#kernel/sql.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { people } from '#scenarios/world/people.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { chromiumPath, openBrowser } from './browser.ts'
import { expectInertMails, laterKindsOfMail, missingOf, readMail } from './mails.ts'
import { startMailbox } from './organisation.ts'
import { adminName, attacked, line, texts, worst } from './planted.ts'
import { every } from './ui-pages.ts'

if (!chromiumPath) process.stdout.write('The later mails in a browser are skipped: chromium is not installed.\n')

describe.skipIf(!chromiumPath)('texts that want to be markup, in mails that come later', () => {
  const phones = people()
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let world: World
  let server: WorldServer
  let browser: Browser
  let mailFails: ChannelResult | undefined
  const sessions = new Map<string, Record<string, string>>()

  beforeAll(async () => {
    mailbox = await startMailbox()
    world = await createWorld(catalogue, {
      channels: new Map([
        ...phones.channels,
        ['email', { ...emailChannel, send: (...given) => (mailFails ? Promise.resolve(mailFails) : emailChannel.send(...given)) }],
      ]),
      outbound: createOutbound({ allowHosts: () => new Set(['127.0.0.1']), userAgent: 'Tocsin' }),
      settings: (name) => (name === 'smtpUrl' ? new Secret(mailbox.url) : undefined),
    })
    server = await serveWorld(world)
    for (const [handle, role] of [
      ['mara', 'administrator'],
      ['ben', 'responder'],
    ] as const) {
      await server.addPerson(handle, role)
      sessions.set(handle, { ...(await server.signIn(handle)), origin: server.publicUrl })
    }
    await ask('PATCH', '/users/mara', { name: adminName })
    await ask('PATCH', '/users/ben', { name: worst })
    await ask('POST', '/configuration/apply', { files: [{ path: 'all.yaml', text: organisation() }] })
    browser = await openBrowser({ alone: true })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await world?.close()
    await mailbox?.stop()
  })

  async function ask<T>(method: string, path: string, body: object, who = 'mara'): Promise<T> {
    const answer = await server.send(method, `/api/v1${path}`, { headers: sessions.get(who)!, body })
    expect([path, answer.status < 300 ? '' : answer.text]).toEqual([path, ''])
    return answer.json as T
  }
  const post = <T = { id: string }>(path: string, body: object, who?: string) => ask<T>('POST', path, body, who)

  /** Alerts that page two people and then nobody more, and are over in the end. */
  async function alertsThatNobodyAnswers(): Promise<void> {
    const { key } = await post<{ key: string }>('/integrations', { name: worst, kind: 'alertmanager', service: 'shop' })
    server.refreshKeys()
    const send = async (text: string, more: object = {}) => {
      const alert = { labels: { alertname: text, severity: 'critical' }, annotations: { summary: text, description: text }, ...more }
      expect((await server.send('POST', `/in/${key}/api/v2/alerts`, { body: [alert] })).status).toBe(200)
      await world.settle()
    }
    for (const text of texts) {
      await send(text)
      await world.pass('3 min')
    }
    for (const text of texts) await send(text, { endsAt: world.clock.now() })
  }

  /** Incidents in which everything falls due that can; their reviews and an action item of each are never written. */
  async function incidentsThatNobodyTends(): Promise<void> {
    const numbers: number[] = []
    const titles = texts.slice(-6)
    for (const text of titles) {
      const incident = { title: line(text, 300), description: text, type: 'planted', severity: 'SEV2', services: ['shop'] }
      const { number } = await post<{ number: number }>('/incidents', incident)
      numbers.push(number)
      await ask('PUT', `/incidents/${number}/roles/commander`, { user: 'mara' })
      await post(`/incidents/${number}/tasks`, { title: line(text, 300), detail: text, assignee: 'ben', dueAt: '2026-11-24T02:00:00Z' })
      await world.pass('3 min')
    }
    await world.pass('18 h')
    for (const [index, number] of numbers.entries()) {
      await post(`/incidents/${number}/state`, { to: 'resolved', reason: titles[index] })
      await post('/reviews', { incident: String(number) })
      await post(`/reviews/${number}/action-items`, { title: line(titles[index]!, 300), owner: 'mara', due: '2026-11-26' })
    }
    const remindOwners = catalogue.recurring.find(({ name }) => name === 'reviews.remind-owners')!
    for (let day = 0; day < 7; day++) {
      await world.pass('1 d')
      await world.engine.transact(system('test'), (context) => remindOwners.run(context))
    }
    await world.settle()
  }

  async function shiftsThatAreAnswered(): Promise<void> {
    for (const [index, answer] of (['accept', 'decline', 'withdraw'] as const).entries()) {
      const [from, to] = [`2026-12-1${index}T09:00:00Z`, `2026-12-1${index}T12:00:00Z`]
      const { id } = await post('/schedules/rota/offers', { person: 'ben', from, to, why: worst })
      await post(`/shift-offers/${id}/${answer}`, {}, answer === 'withdraw' ? 'mara' : 'ben')
    }
    await world.settle()
  }

  async function page(): Promise<void> {
    await post('/pages', { users: ['mara'], title: worst, body: texts.join('\n') })
    await world.pass('61 s')
  }
  async function beat(): Promise<void> {
    await createRehearsal(world.engine).accept([{ action: 'trigger', title: 'synthetic', severity: 'info', labels: {}, dedupKey: 'one' }])
    await world.settle()
  }

  /** What a provider says of each try is what it likes to say. */
  async function aPhoneThatFails(): Promise<void> {
    const address = { endpoint: 'https://push.example.test/mara', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } }
    await post('/me/contact-methods', { channel: 'web-push', address, label: worst })
    phones.breaks('web-push', { status: 'failed', canRetry: false, reason: texts.join(' ') })
    for (let n = 0; n < 3; n++) await page()
    await beat()
    phones.breaks('web-push', { status: 'failed', canRetry: false, reason: texts.join(' '), gone: true })
    await page()
  }

  /** Nor does anything by mail, until whoever administers is told. */
  async function nothingThatArrives(): Promise<void> {
    // What was paged before has been repeated as often as it is.
    await world.pass('1 h')
    mailFails = { status: 'failed', canRetry: false, reason: texts.join(' ') }
    for (let n = 0; n < 3; n++) await page()
    mailFails = undefined
    await beat()
  }

  async function aTargetForWhichNobodyCanBePaged(): Promise<void> {
    await ask('PATCH', '/services/shop', { policy: null })
    // As a version before this one could leave it: a process names a policy that is gone.
    await world.read((scope) => scope.query(sql`delete from policies where slug = 'two'`))
    const { number } = await post<{ number: number }>('/incidents', { title: worst, type: 'planted', severity: 'SEV2' })
    await ask('PUT', `/incidents/${number}/roles/commander`, { user: 'mara' })
    await world.pass('1 h')
  }

  test('each shows them and stays as it is in a mail program that holds nothing back', async () => {
    await alertsThatNobodyAnswers()
    await incidentsThatNobodyTends()
    await shiftsThatAreAnswered()
    await aPhoneThatFails()
    await nothingThatArrives()
    await aTargetForWhichNobodyCanBePaged()
    const mails = mailbox.mails.map(readMail)
    expect(missingOf(laterKindsOfMail, mails)).toEqual([])
    const attacking = laterKindsOfMail.map(({ begins }) => mails.find(({ text }) => begins.test(text) && text.includes('__xss')))
    expect(laterKindsOfMail.filter((_, index) => attacking[index] === undefined)).toEqual([])
    const later = mails.filter(({ text }) => laterKindsOfMail.some(({ begins }) => begins.test(text)))
    const read = await expectInertMails(browser, later)
    expect(every.filter((text) => !read.some((mail) => mail.includes(text)))).toEqual([])
  }, 480_000)
})

/** Two people, a service of theirs and a process in which everything falls due soon: all of it named by attacks. */
function organisation(): string {
  const sre = parse(readFileSync(new URL('../src/domains/incidents/processes/sre.yaml', import.meta.url), 'utf8')) as { slas: object[] }
  const rotation = { unit: 'week', length: 1, anchor: '2026-01-05T09:00', participants: ['mara'] }
  const process = { ...sre, slas: [{ ...sre.slas[0], pages: 'two' }, sre.slas[1]] }
  return [
    { kind: 'team', slug: 'all', name: worst, members: { mara: 'lead', ben: 'member' } },
    { kind: 'schedule', slug: 'rota', name: worst, zone: 'UTC', team: 'all', layers: [{ name: worst, rotation }] },
    {
      kind: 'policy',
      slug: 'two',
      name: worst,
      team: 'all',
      repeat: 0,
      levels: [
        { targets: [{ user: 'ben' }], delaySeconds: 60 },
        { targets: [{ schedule: 'rota' }], delaySeconds: 60 },
      ],
    },
    { kind: 'service', slug: 'shop', name: worst, description: texts.join('\n\n'), team: 'all', policy: 'two' },
    { ...(attacked(process) as object), slug: 'planted', name: worst },
  ]
    .map((object) => JSON.stringify(object))
    .join('\n---\n')
}
