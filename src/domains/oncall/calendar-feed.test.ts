import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { instant } from '#kernel/time.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { addTeam, changeTeam } from '#domains/directory/teams.ts'
import { notifications } from '#domains/notifications/index.ts'
import { monthsAround } from './calendar-feed.ts'
import { addCalendarLink, calendarLinks, revokeCalendarLink } from './calendar-links.ts'
import { oncall } from './index.ts'
import { addSchedule } from './schedules.ts'

let world: World
let server: WorldServer
let root: Actor
let ana: Extract<Actor, { kind: 'user' }>
let ben: Extract<Actor, { kind: 'user' }>
const layers = [{ name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['ana', 'ben'] } }]

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]))
  root = await world.person('root', 'administrator')
  ana = await world.person('ana')
  ben = await world.person('ben')
  server = await serveWorld(world)
  await world.do(root, addTeam, { slug: 'payments', name: 'Payments' })
  await world.do(root, addSchedule, { slug: 'payments', name: 'Payments', zone: 'Europe/Berlin', team: 'payments', layers })
})
afterAll(async () => (await server.close(), await world.close()))

const pathOf = (link: { url: string }) => new URL(link.url).pathname
const read = (link: { url: string }) => server.send('GET', pathOf(link))

test('a personal link shows its person’s shifts until it is revoked; a new one has another address', async () => {
  const link = await world.do(ben, addCalendarLink, {})
  const feed = await read(link)
  expect([feed.status, feed.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8'])
  expect(feed.text).toContain('SUMMARY:On call: Payments\r\n')
  // The world's clock stands at Monday, 23 November 2026: Ben has that week.
  expect(feed.text).toContain('DTSTART:20261123T080000Z\r\n')
  expect(feed.text).not.toContain('DTSTART:20261130T080000Z\r\n')
  expect(await world.do(ben, addCalendarLink, {})).toEqual(link)
  expect((await world.do(ben, calendarLinks, {})).items).toEqual([link])

  await world.do(ben, revokeCalendarLink, { linkId: link.id })
  expect((await read(link)).status).toBe(404)
  expect((await world.do(ben, calendarLinks, {})).items).toEqual([])
  const next = await world.do(ben, addCalendarLink, {})
  expect(next.url).not.toBe(link.url)
  expect((await read(next)).status).toBe(200)
  expect((await world.events('schedule.calendar-link-revoked')).map((event) => event.actor)).toEqual([ben.userId])
})

test('a schedule’s link shows everybody’s shifts, while its maker may see them', async () => {
  const link = await world.do(ana, addCalendarLink, { schedule: 'payments' })
  expect(link.schedule).toEqual({ slug: 'payments', name: 'Payments' })
  const feed = (await read(link)).text
  for (const who of ['Ana', 'Ben']) expect(feed).toContain(`SUMMARY:${who} on call: Payments\r\n`)
  await world.do(root, changeTeam, { team: 'payments', membersOnly: true })
  expect((await read(link)).status).toBe(404)
  await expect(world.do(ana, addCalendarLink, { schedule: 'payments' })).rejects.toMatchObject({ code: 'missing' })
  await world.do(root, changeTeam, { team: 'payments', membersOnly: false })
  expect((await read(link)).status).toBe(200)
})

test('nobody makes, shows or revokes for somebody else, and a role that sees no schedules gets none', async () => {
  const link = await world.do(ana, addCalendarLink, {})
  await expect(world.do(ben, revokeCalendarLink, { linkId: link.id })).rejects.toMatchObject({ code: 'missing' })
  expect((await read(link)).status).toBe(200)
  expect((await world.do(ben, calendarLinks, {})).items.map((one) => one.id)).not.toContain(link.id)
  const reporter = await world.person('rea', 'reporter')
  await expect(world.do(reporter, addCalendarLink, { schedule: 'payments' })).rejects.toMatchObject({ code: 'missing' })
})

test('an address that was changed in any place, or whose person was disabled, is no calendar', async () => {
  const [ofAna, ofBen] = [await world.do(ana, addCalendarLink, {}), await world.do(ben, addCalendarLink, {})]
  const path = pathOf(ofBen)
  for (const changed of [path.replace('.ics', ''), `${path.slice(0, -5)}A.ics`, path.replace(ofBen.id.slice(4), ofAna.id.slice(4))])
    expect((await server.send('GET', changed)).status, changed).toBe(404)
  await world.do(root, disableUser, { user: 'ben' })
  expect((await read(ofBen)).status).toBe(404)
})

test('an event keeps its UID from day to day, also where the range cuts it', async () => {
  const link = await world.do(ana, addCalendarLink, { schedule: 'payments' })
  const uids = async () => (await read(link)).text.match(/UID:[^\r]*/g)!
  const before = await uids()
  await world.pass('5 d')
  expect(await uids()).toEqual(before)
  expect(new Set(before).size).toBe(before.length)
})

test.each([
  ['2026-11-23T14:00:00Z', '2026-09-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
  ['2026-01-31T23:59:59Z', '2025-11-01T00:00:00.000Z', '2026-05-01T00:00:00.000Z'],
])('at %s the range is %s to %s', (now, from, to) => {
  expect(monthsAround(instant(now))).toEqual({ from, to })
})
