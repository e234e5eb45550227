// Where an integration belongs: to the team that has its service now, and to none but that.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory, rightsOfUser } from '#domains/directory/index.ts'
import { addService, changeService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { listAlerts } from './groups.ts'
import { alerts } from './index.ts'
import { ingest } from './ingest.ts'
import { allKeys, placeOfIntegration } from './integration-store.ts'
import { addIntegration, getIntegration, listIntegrations } from './integrations.ts'

let world: World
let admin: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())

test('when a service goes to another team its integration goes with it, with its key and with what it is sent', async () => {
  const people = [await world.person('bea'), await world.person('carl')]
  await world.do(admin, addTeam, { slug: 'web', name: 'Web', membersOnly: true, members: [{ user: 'bea' }] })
  const fraud = await world.do(admin, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true, members: [{ user: 'carl' }] })
  const [bea, carl] = (await Promise.all(
    people.map(async (person) => ({ ...person, rights: (await world.read((scope) => rightsOfUser(scope, person.userId)))! })),
  )) as [Actor, Actor]
  await world.do(admin, addService, { slug: 'scoring', name: 'Scoring', team: 'web' })
  const { id } = await world.do(admin, addIntegration, { name: 'Monitor', kind: 'pagerduty', service: 'scoring' })
  const integrationsOf = async (actor: Actor) => (await world.do(actor, listIntegrations, {})).items.map(({ name }) => name)
  expect([await integrationsOf(bea), await integrationsOf(carl)]).toEqual([['Monitor'], []])

  await world.do(admin, changeService, { service: 'scoring', team: 'fraud' })
  expect([await integrationsOf(bea), await integrationsOf(carl)]).toEqual([[], ['Monitor']])
  await expect(world.do(bea, getIntegration, { integrationId: id })).rejects.toMatchObject({ code: 'missing' })
  expect(await world.read((scope) => placeOfIntegration(scope, id))).toMatchObject({ teamId: fraud.id })
  const integration = (await world.read(allKeys))[0]!
  const signals: Signal[] = [{ action: 'trigger', dedupKey: 'a', title: 'A card was stolen', severity: 'critical', labels: {} }]
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals }]))
  const alertsOf = async (actor: Actor) => (await world.do(actor, listAlerts, {})).items.map(({ title }) => title)
  expect([await alertsOf(bea), await alertsOf(carl)]).toEqual([[], ['A card was stolen']])
})
