import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { concernsOf } from './concerned.ts'
import { oncall } from './index.ts'
import { addOverride, removeOverride } from './override-commands.ts'
import { ScheduleSchema, type Override } from './schedule.ts'
import { addSchedule } from './schedules.ts'

const outside = people()
let world: World
let ana: Extract<Actor, { kind: 'user' }>
/** Ben's week is the world's: from Monday, 23 November 2026. */
const layers = [{ name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['ana', 'ben'] } }]
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]), { channels: outside.channels })
  const root = await world.person('root', 'administrator')
  for (const handle of ['ana', 'ben', 'carla']) {
    const person = await world.person(handle)
    if (handle === 'ana') ana = person
    await givePhone(world, person, handle)
  }
  await world.do(root, addSchedule, { slug: 'payments', name: 'Payments', zone: 'Europe/Berlin', layers: layers as never })
})
afterAll(() => world.close())

const mailed = (handle: string, what: RegExp) => outside.mailboxOf(handle).gets(what)
const hears = (handle: string) => outside.mailboxOf(handle).all().length
const arranged = async (input: object) => {
  const made = await world.do(ana, addOverride, {
    schedule: 'payments',
    from: '2026-11-24T14:00:00Z',
    to: '2026-11-25T10:00:00Z',
    ...input,
  })
  await world.settle()
  return made
}

test('whose shift somebody takes hears of it, in their own time, and again when it is undone; whoever did it hears nothing', async () => {
  const { id } = await arranged({ add: 'ana', why: 'agreed on the phone' })
  expect(mailed('ben', /^Ana takes your shift of Payments/).body).toContain(
    'You are not on call from Tue 24 Nov, 14:00 UTC to Wed 25 Nov, 10:00 UTC. “agreed on the phone”',
  )
  await world.do(ana, removeOverride, { overrideId: id })
  await world.settle()
  expect(mailed('ben', /^Ana removed an override: you are on call in Payments/).body).toContain(
    'You are on call from Tue 24 Nov, 14:00 UTC',
  )
  expect(hears('ana')).toBe(0)
})

test('who is put on call by somebody else hears of it, and so does whom they stand in for', async () => {
  await arranged({ kind: 'replace', add: 'carla', remove: 'ben' })
  mailed('ben', /^Ana gave your shift of Payments to Carla/)
  expect(mailed('carla', /^Ana put you on call in Payments/).body).toContain('You are on call from Tue 24 Nov, 14:00 UTC')
  await arranged({ kind: 'remove', remove: 'carla' })
  mailed('carla', /^Ana took you off call in Payments/)
})

test('what changes nothing for somebody is not told to them', async () => {
  const before = hears('ben')
  await arranged({ kind: 'add', add: 'ben', from: '2026-11-26T10:00:00Z', to: '2026-11-26T12:00:00Z' })
  expect(hears('ben')).toBe(before)
})

describe('whom a change concerns', () => {
  const schedule = (...overrides: object[]) =>
    ScheduleSchema.parse({
      slug: 'payments',
      name: 'Payments',
      zone: 'UTC',
      combine: 'priority',
      layers: [{ name: 'Daily', rotation: { unit: 'day', length: 1, anchor: '2026-11-23T00:00', participants: ['ana', 'ben'] } }],
      overrides: overrides.map((override, n) => ({ id: `o${n}`, by: 'root', ...override }) as Override),
    })
  const [from, to] = [instant('2026-11-23T12:00:00Z'), instant('2026-11-25T12:00:00Z')]
  const span = (a: string, b: string) => ({ from: instant(`2026-11-${a}:00:00Z`), to: instant(`2026-11-${b}:00:00Z`) })

  test('is told in disjoint times, also where somebody had a part of it already', () => {
    expect(concernsOf(schedule(), schedule({ kind: 'takeover', add: 'ben', from, to }), from, to)).toEqual([
      { person: 'ana', gains: [], loses: [span('23T12', '24T00'), span('25T00', '25T12')] },
      { person: 'ben', gains: [span('23T12', '24T00'), span('25T00', '25T12')], loses: [] },
    ])
  })
  test('is nobody when nothing changes', () => {
    expect(concernsOf(schedule(), schedule({ kind: 'add', add: 'ana', from, to: instant('2026-11-24T00:00:00Z') }), from, to)).toEqual([])
  })
  test('is told of three months of an override that lasts for ten years', () => {
    const end = instant('2036-11-23T12:00:00Z')
    const concerns = concernsOf(schedule(), schedule({ kind: 'remove', remove: 'ana', from, to: end }), from, end)
    expect(concerns.map(({ person, loses }) => [person, loses.length])).toEqual([['ana', 47]])
  })
})
