// What is told by itself when an incident ends or comes back: by whomever it is moved, nothing that was not told before, and shown before it is done.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { rightsOfUser } from '#domains/directory/authentication.ts'
import { directory } from '#domains/directory/index.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { reopenIncident } from '#domains/incidents/moving.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { toldByItself } from './by-itself.ts'
import { addComponent, listComponents } from './components.ts'
import { status } from './index.ts'
import { addStatusPage } from './pages.ts'
import { listUpdates, publishUpdate } from './updates.ts'

let world: World
let admin: Actor
/** A member of the team: works on its incidents, and may publish nothing. */
let kim: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]))
  admin = await world.person('ada', 'administrator')
  const outsider = (await world.person('kim', 'stakeholder')) as Extract<Actor, { kind: 'user' }>
  await world.do(admin, addTeam, { slug: 'payments', name: 'Payments', members: [{ user: 'kim', role: 'member' }] })
  kim = { ...outsider, rights: (await world.read((scope) => rightsOfUser(scope, outsider.userId)))! }
  await world.do(admin, addComponent, { slug: 'cards', name: 'Card payments' })
  await world.do(admin, addStatusPage, { slug: 'shop', name: 'Shop', visibility: 'public', components: ['cards'] })
})
afterAll(() => world.close())

const declare = async () =>
  String((await world.do(admin, declareIncident, { title: 'Cards fail', severity: 'SEV2', team: 'payments' })).number)
const shown = (incident: string, actor = kim) => world.do(actor, toldByItself, { incident })
const newest = async (incident: string) => (await world.do(admin, listUpdates, { incident })).items[0]

test('whoever may move an incident and not publish reads before what readers will be told, and just that is told', async () => {
  const incident = await declare()
  const publish = (actor: Actor) =>
    world.do(actor, publishUpdate, { incident, text: 'Some fail.', components: [{ component: 'cards', status: 'down' }] })
  await expect(publish(kim)).rejects.toMatchObject({ code: 'forbidden' })
  await publish(admin)
  await world.pass('10 min')

  const before = await shown(incident)
  expect(before).toMatchObject({
    solved: { text: 'This is solved. It lasted 10 min.', components: [] },
    cancelled: { text: 'This was no problem after all.' },
    back: null,
    places: [{ name: 'Shop', visibility: 'public' }],
    subscribers: 0,
  })
  await world.do(kim, changeState, { incident, to: 'resolved' })
  await world.settle()
  expect(await newest(incident)).toMatchObject({ text: before.solved!.text, author: null })

  const back = await shown(incident)
  expect(back).toMatchObject({ solved: null, cancelled: null, back: { components: [{ name: 'Card payments', status: 'down' }] } })
  await world.do(kim, reopenIncident, { incident, reason: 'They fail again.' })
  await world.settle()
  expect(await newest(incident)).toMatchObject({ text: back.back!.text, author: null, components: [{ status: 'down' }] })
  expect((await world.do(admin, listComponents, {})).items[0]).toMatchObject({ status: 'down' })
})

test('of which nothing was published nothing is told, and that is what is shown', async () => {
  const incident = await declare()
  expect(await shown(incident)).toEqual({ solved: null, cancelled: null, back: null, places: [], subscribers: 0 })
  await world.do(kim, changeState, { incident, to: 'resolved' })
  await world.settle()
  expect(await newest(incident)).toBeUndefined()
  expect((await shown(incident)).back).toBeNull()
})

test('it is missing for who does not see the incident', async () => {
  await expect(shown('9999')).rejects.toMatchObject({ code: 'missing' })
})
