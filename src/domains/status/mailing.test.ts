import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '#kernel/actor.ts'
import { Secret } from '#kernel/secret.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { declareIncident, incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { status } from './index.ts'
import { addStatusPage } from './pages.ts'
import { follow, unfollow } from './subscribing.ts'
import { publishUpdate } from './updates.ts'

let world: World
let admin: Actor
let people: Record<'una' | 'ulf', Actor>
let incident: string
let got: string[] = []
/** Addresses whose mail server is away, or breaks in the middle. */
const away = new Set<string>()
const broken = new Set<string>()

beforeAll(async () => {
  const email = {
    summary: '',
    address: z.email(),
    recognisesKey: false,
    send: async (_context: unknown, to: unknown, { body, repeated }: { body: string; repeated: boolean }) => {
      const name = (to as string).split('@')[0]!
      if (away.has(name)) return { status: 'failed' as const, canRetry: true, reason: 'the mail server is away' }
      got.push(`${name}: ${body.split('\n')[0]}${repeated ? ' (again)' : ''}`)
      if (broken.delete(name)) throw new Error('socket hang up')
      return { status: 'delivered' as const }
    },
  }
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]), {
    channels: new Map([['email', email]]),
    settings: (name) => (name === 'smtpUrl' ? new Secret('smtp://mail.test') : undefined),
  })
  admin = await world.person('ada', 'administrator')
  people = { una: await world.person('una', 'stakeholder'), ulf: await world.person('ulf', 'stakeholder') }
  for (const slug of ['shop', 'office']) await world.do(admin, addStatusPage, { slug, name: slug })
})
afterAll(() => world.close())

beforeEach(async () => {
  away.clear()
  for (const person of Object.values(people)) await world.do(person, follow, { statusPage: 'shop' })
  incident = String((await world.do(admin, declareIncident, { title: 'Search is slow', severity: 'SEV2' })).number)
  await world.pass('10 min')
  got = []
})

const publish = async (text: string, pages = ['shop']) => {
  await world.do(admin, publishUpdate, { incident, text, pages })
  await world.settle()
}
const notSent = () =>
  world.read((scope) =>
    scope.query<{
      text: string
      reason: string
    }>(sql`select text, update_mails.reason from update_mails join updates on updates.id = update_id
      where update_mails.status <> 'sent' and incident_id = (select id from incidents where number = ${Number(incident)}) order by updates.number`),
  )

test('an update whose mail a newer one has overtaken goes out no more, and says why', async () => {
  away.add('una')
  await publish('one')
  await publish('two')
  await publish('three')
  away.clear()
  await world.pass('1 min')
  expect(got.filter((mail) => mail.startsWith('una'))).toEqual(['una: three'])
  expect(await notSent()).toEqual(['one', 'two'].map((text) => ({ text, reason: 'update 3 followed before this one had gone out' })))
})

test('who is told of nothing newer gets the older one, however late', async () => {
  away.add('una')
  await publish('one')
  await publish('two', ['office'])
  away.clear()
  await world.pass('1 min')
  expect(got.filter((mail) => mail.startsWith('una'))).toEqual(['una: one'])
})

test('an address whose mail server is away holds up nobody else', async () => {
  away.add('una')
  for (const text of ['one', 'two', 'three']) await publish(text)
  expect(got).toEqual(['ulf: one', 'ulf: two', 'ulf: three'])
})

test('a newer update goes out within half a minute after the mail server is back, however long it was away', async () => {
  away.add('una')
  await publish('one')
  await world.pass('4 min')
  await publish('two')
  away.clear()
  await world.pass('35 s')
  expect(got.filter((mail) => mail.startsWith('una'))).toEqual(['una: two'])
})

test('who follows two pages and leaves one of them still hears what both tell', async () => {
  await world.do(people.una, follow, { statusPage: 'office' })
  for (const leaves of ['shop', 'office']) {
    got = []
    away.add('una')
    await publish(`before ${leaves} is left`, ['shop', 'office'])
    await world.do(people.una, unfollow, { statusPage: leaves })
    away.clear()
    await world.pass('1 min')
    expect(got.filter((mail) => mail.startsWith('una'))).toEqual([`una: before ${leaves} is left`])
    await world.do(people.una, follow, { statusPage: leaves })
  }
  await world.do(people.una, unfollow, { statusPage: 'office' })
})

test('what may have arrived when the mail server broke goes out again and says so', async () => {
  broken.add('una')
  await publish('one')
  await world.pass('1 min')
  expect(got.filter((mail) => mail.startsWith('una'))).toEqual(['una: one', 'una: one (again)'])
})

test('a mail server that is away for three hours loses no update, and one that stays away has a reason', async () => {
  away.add('una')
  away.add('ulf')
  await publish('one')
  await world.pass('3 h')
  away.delete('una')
  await world.pass('5 min')
  expect(got).toEqual(['una: one'])
  await world.pass('1 h')
  expect(await notSent()).toEqual([{ text: 'one', reason: 'the mail server is away' }])
  away.clear()
  await world.pass('1 h')
  expect(got).toEqual(['una: one'])
})

test('four hundred followers are told once each, however they are walked, and so is whoever begins to follow meanwhile', async () => {
  const slugs = ['north', 'south']
  for (const slug of slugs) await world.do(admin, addStatusPage, { slug, name: slug, visibility: 'public' })
  await followersOf(slugs, 0, 400)
  away.add('n7')
  await world.do(admin, publishUpdate, { incident, text: 'one', pages: slugs })
  await world.do(admin, publishUpdate, { incident, text: 'two', pages: slugs })
  await followersOf(slugs, 400, 410)
  await world.settle()
  away.clear()
  await world.pass('5 min')
  const of = (text: string) => got.filter((mail) => mail.endsWith(`: ${text}`)).sort()
  expect(of('two')).toEqual(Array.from({ length: 410 }, (_, n) => `n${n}: two`).sort())
  expect(new Set(of('one')).size).toBe(of('one').length)
  for (const { text, reason } of await notSent()) expect([text, reason]).toEqual(['one', 'update 2 followed before this one had gone out'])
  const notOver = await world.read((scope) =>
    scope.query(sql`select reason from processes where name = 'status.mailing' and ended_at is null`),
  )
  expect(notOver).toEqual([])
})

/** n0@…, n1@… and so on; each fifth follows all of the pages, the others the last one. */
const followersOf = (slugs: readonly string[], from: number, to: number) =>
  world.read(async (scope) => {
    for (let n = from; n < to; n++) {
      for (const slug of n % 5 === 0 ? slugs : slugs.slice(1)) {
        const id = `sub_${slug}${n}`
        const leave = world.engine.vault.seal('leave', `subscribers.leave_sealed.${id}`)
        await scope.query(sql`insert into subscribers (id, page_id, email, address_hash, asked_at, confirmed_at, confirm_hash, confirm_sealed, leave_hash, leave_sealed)
          select ${id}, id, ${`n${n}@followers.test`}, ${hashOfToken(`n${n}`)}, ${scope.now}, ${scope.now}, ${`yes ${id}`}, '', ${`no ${id}`}, ${leave}
          from status_pages where slug = ${slug}`)
      }
    }
  })
