import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addTeam, changeTeam } from '#domains/directory/teams.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from './index.ts'
import { acceptShift, declineShift, offerShift, shiftOffers, withdrawShift } from './offers.ts'
import { addOverride, removeOverride } from './override-commands.ts'
import { addSchedule, finalSchedule } from './schedules.ts'

type Person = Extract<Actor, { kind: 'user' }>
const outside = people()
let world: World
let root: Person
let ana: Person
let ben: Person
let carla: Person
/** Ana's turn of the week after the world's Monday, 23 November 2026, which is Ben's. */
const turn = { from: '2026-11-30T08:00:00.000Z', to: '2026-12-07T08:00:00.000Z' }
const offer = { schedule: 'payments', person: 'ben', ...turn, why: 'a wedding' }

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]), { channels: outside.channels })
  root = await world.person('root', 'administrator')
  ana = await world.person('ana')
  ben = await world.person('ben')
  carla = await world.person('carla')
  for (const [actor, handle] of [
    [ana, 'ana'],
    [ben, 'ben'],
  ] as const)
    await givePhone(world, actor, handle)
  await world.do(root, addTeam, { slug: 'payments', name: 'Payments' })
  await world.do(root, addSchedule, {
    slug: 'payments',
    name: 'Payments',
    team: 'payments',
    zone: 'Europe/Berlin',
    layers: [{ name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['ana', 'ben'] } }],
  })
})
afterAll(() => world.close())
const onCall = async () =>
  (await world.do(root, finalSchedule, { schedule: 'payments', ...turn })).final.map((shift) => `${shift.person.handle}: ${shift.reason}`)
const mailed = (handle: string, what: RegExp) => outside.mailboxOf(handle).gets(what)

test('offered, it stays with its person; taken, an override says who offered it, and both are told', async () => {
  const made = await world.do(ana, offerShift, offer)
  await world.settle()
  expect(mailed('ben', /^Ana offers you a shift of Payments/).body).toContain('“a wedding” It stays Ana’s until you take it.')
  expect(await onCall()).toEqual(["ana: layer 'Weekly'"])
  expect((await world.do(carla, shiftOffers, {})).items).toMatchObject([{ offeredBy: { handle: 'ana' }, offeredTo: { handle: 'ben' } }])

  await world.do(ben, acceptShift, { offerId: made.id })
  await world.settle()
  mailed('ana', /^Ben takes your shift of Payments/)
  expect(await onCall()).toEqual(['ben: override by Ben until Mon 7 Dec, 09:00 CET, in place of Ana: a swap, a wedding'])
  expect((await world.do(ana, shiftOffers, {})).items).toEqual([])
  await expect(world.do(ben, acceptShift, { offerId: made.id })).rejects.toMatchObject({
    code: 'refused',
    message: 'It was accepted already.',
  })
  const { overrides } = await world.do(root, finalSchedule, { schedule: 'payments', ...turn })
  for (const one of overrides) await world.do(root, removeOverride, { overrideId: one.id })
})

test('declined or withdrawn, nothing changes and the other one hears of it', async () => {
  const first = await world.do(ana, offerShift, offer)
  await world.do(ben, declineShift, { offerId: first.id })
  const second = await world.do(ana, offerShift, offer)
  await world.do(ana, withdrawShift, { offerId: second.id })
  await world.settle()
  mailed('ana', /^Ben does not take your shift of Payments/)
  mailed('ben', /^Ana no longer offers a shift of Payments/)
  expect(await onCall()).toEqual(["ana: layer 'Weekly'"])
  expect((await world.events('schedule.shift-offer-answered')).map((event) => event.data)).toMatchObject([
    { answer: 'accepted' },
    { answer: 'declined' },
    { answer: 'withdrawn' },
  ])
})

test('only whom it was offered to takes it, only its person withdraws it, and nobody else finds it', async () => {
  const made = await world.do(ana, offerShift, offer)
  await expect(world.do(ana, acceptShift, { offerId: made.id })).rejects.toMatchObject({
    code: 'forbidden',
    message: 'Only Ben can do that.',
  })
  await expect(world.do(ben, withdrawShift, { offerId: made.id })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(world.do(carla, acceptShift, { offerId: made.id })).rejects.toMatchObject({ code: 'missing' })
  await world.do(ana, withdrawShift, { offerId: made.id })
})

test('what is no longer its person’s cannot be taken', async () => {
  const made = await world.do(ana, offerShift, offer)
  const override = await world.do(carla, addOverride, { schedule: 'payments', add: 'carla', from: turn.from, to: '2026-12-01T08:00:00Z' })
  await expect(world.do(ben, acceptShift, { offerId: made.id })).rejects.toMatchObject({
    code: 'refused',
    message: 'Ana is not on call for Payments at Mon 30 Nov, 09:00 CET. Agree on it anew.',
  })
  await world.do(carla, removeOverride, { overrideId: override.id })
  await world.do(ana, withdrawShift, { offerId: made.id })
})

test.each([
  ['somebody else’s', { from: '2026-11-23T15:00:00Z', to: '2026-11-24T08:00:00Z' }, /^Ana is not on call for Payments/],
  ['to oneself', { person: 'ana' }, 'Offer it to somebody else.'],
  ['to nobody', { person: 'nobody' }, 'There is no person nobody who could be on call.'],
])('a shift of %s is not offered', async (_, change, message) => {
  await expect(world.do(ana, offerShift, { ...offer, ...change })).rejects.toMatchObject({
    code: 'refused',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
})

test('a shift is not offered to somebody who does not see the schedule', async () => {
  await world.do(root, changeTeam, { team: 'payments', membersOnly: true })
  await expect(world.do(ana, offerShift, offer)).rejects.toMatchObject({ code: 'missing' })
  await world.do(root, changeTeam, { team: 'payments', membersOnly: false })
})

test('taken in the middle of it, what is over stays with whoever did it', async () => {
  const week = { from: '2026-11-23T08:00:00.000Z', to: '2026-11-30T08:00:00.000Z' }
  const made = await world.do(ben, offerShift, { schedule: 'payments', person: 'ana', ...week })
  await world.do(ana, acceptShift, { offerId: made.id })
  const { final, overrides } = await world.do(root, finalSchedule, { schedule: 'payments', ...week })
  expect(final.map(({ person, from }) => [person.handle, from])).toEqual([
    ['ben', week.from],
    ['ana', world.clock.now()],
  ])
  for (const one of overrides) await world.do(root, removeOverride, { overrideId: one.id })
})

test('of two people who take one shift at once, one gets it and the other one hears that it is given away', async () => {
  for (let round = 0; round < 5; round++) {
    const offers = [await world.do(ana, offerShift, offer), await world.do(ana, offerShift, { ...offer, person: 'carla' })]
    const answers = await Promise.allSettled([ben, carla].map((one, n) => world.do(one, acceptShift, { offerId: offers[n]!.id })))
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const { overrides } = await world.do(root, finalSchedule, { schedule: 'payments', ...turn })
    for (const one of overrides) await world.do(root, removeOverride, { overrideId: one.id })
    for (const { id } of (await world.do(ana, shiftOffers, {})).items) await world.do(ana, withdrawShift, { offerId: id })
  }
})
