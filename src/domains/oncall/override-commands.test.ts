import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { people } from '#scenarios/world/people.ts'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from './index.ts'
import { addOverride, removeOverride } from './override-commands.ts'
import { addSchedule, finalSchedule } from './schedules.ts'

let world: World
let ana: Actor
beforeEach(async () => {
  // Its clock stands at Monday, 23 November 2026, 14:00 UTC.
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]), { channels: people().channels })
  const root = await world.person('root', 'administrator')
  ana = await world.person('ana')
  await world.person('ben')
  const rotation = { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['ben'] }
  await world.do(root, addSchedule, { slug: 'payments', name: 'Payments', zone: 'UTC', layers: [{ name: 'Weekly', rotation }] })
})
afterEach(() => world.close())

const put = (from: string, to: string) =>
  world.do(ana, addOverride, { schedule: 'payments', add: 'ana', from: `2026-11-23T${from}:00Z`, to: `2026-11-23T${to}:00Z` })
/** "ben 12:00, ana 14:00": who comes when between 12:00 and 20:00. */
const shifts = async () => {
  const range = { schedule: 'payments', from: '2026-11-23T12:00:00Z', to: '2026-11-23T20:00:00Z' }
  return (await world.do(ana, finalSchedule, range)).final.map(({ person, from }) => `${person.handle} ${from.slice(11, 16)}`).join(', ')
}

test('one that is removed before it begins is as if it had never been', async () => {
  const { id } = await put('16:00', '18:00')
  expect(await shifts()).toBe('ben 12:00, ana 16:00, ben 18:00')
  await world.do(ana, removeOverride, { overrideId: id })
  expect(await shifts()).toBe('ben 12:00')
})

test('one that is removed while it runs ends then: who was on call stays who was on call', async () => {
  const { id } = await put('14:00', '18:00')
  await world.pass('90 min')
  await world.do(ana, removeOverride, { overrideId: id })
  expect(await shifts()).toBe('ben 12:00, ana 14:00, ben 15:30')
  await world.pass('1 min')
  await expect(world.do(ana, removeOverride, { overrideId: id })).rejects.toMatchObject({ code: 'refused' })
  expect(await shifts()).toBe('ben 12:00, ana 14:00, ben 15:30')
})

test('one that is over is not removed', async () => {
  const { id } = await put('14:00', '18:00')
  await world.pass('4 h')
  await expect(world.do(ana, removeOverride, { overrideId: id })).rejects.toMatchObject({
    code: 'refused',
    message: 'It is over. Who was on call then stays as it was.',
  })
  expect(await shifts()).toBe('ben 12:00, ana 14:00, ben 18:00')
})

test('one that should have begun earlier begins now', async () => {
  expect(await put('12:30', '18:00')).toMatchObject({ from: '2026-11-23T14:00:00.000Z' })
  expect(await shifts()).toBe('ben 12:00, ana 14:00, ben 18:00')
})
