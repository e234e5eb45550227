// A condition of the process looks at everything, also at what whoever moves the incident may not see; and tells them how much that is, not what.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { system, type Actor } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory, rightsOfUser } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { alerts, ingest } from '#domains/alerts/index.ts'
import { listGroups } from '#domains/alerts/groups.ts'
import { allKeys } from '#domains/alerts/integration-store.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { declareIncident } from './declare.ts'
import { incidents } from './index.ts'
import { linkGroup } from './links.ts'
import { changeState } from './moving.ts'
import { processResource } from './processes.ts'
import { bringIn } from './people.ts'
import { getIncident } from './screen.ts'

let world: World
let admin: Actor
let guest: Actor
let key: string

/** An incident of everybody's, with a service and a firing alert behind the wall of a team that the guest is not in. */
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  const root = await world.person('ada', 'administrator')
  guest = await world.person('guest')
  await world.do(root, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
  await world.do(root, addService, { slug: 'scoring', name: 'Scoring', team: 'fraud' })
  await world.do(root, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'scoring' })
  admin = { ...root, rights: (await world.read((scope) => rightsOfUser(scope, root.userId)))! }
  await guarded('sre-calm', 'openAlertGroups == 0', 'Wait until no alert fires.')
  await guarded('sre-apart', '!("scoring" in services)', 'The scoring has its own way.')
  await fires('trigger')
  const [group] = (await world.do(admin, listGroups, { state: 'open' })).items
  key = (await world.do(admin, declareIncident, { type: 'sre-calm', title: 'Orders fail' })).key
  await world.do(admin, linkGroup, { incident: key, groupId: group!.id })
})
afterAll(() => world.close())

/** The shipped process under another name, with this condition before it may be resolved. */
async function guarded(slug: string, when: string, because: string): Promise<void> {
  const shipped = (await world.read((scope) => processResource.list(scope))) as { slug: string; transitions: { to: string }[] }[]
  const sre = shipped.find((one) => one.slug === 'sre')!
  const transitions = sre.transitions.map((transition) => (transition.to === 'resolved' ? { ...transition, when, because } : transition))
  const spec = z.parse(processResource.schema, { ...sre, slug, name: slug, transitions })
  await world.engine.transact(admin, (context) => processResource.save(context, spec, undefined))
}
async function fires(action: 'trigger' | 'resolve'): Promise<void> {
  const signal: Signal = { action, dedupKey: 'one', title: 'Card numbers are tried', severity: 'critical', labels: {} }
  const [integration] = await world.read(allKeys)
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration: integration!, signals: [signal] }]))
  await world.settle()
}
const resolving = async (incident: string, actor: Actor) =>
  (await world.do(actor, getIncident, { incident })).moves.find((move) => move.to === 'resolved')!

describe('an alert behind a wall', () => {
  const reason =
    'Wait until no alert fires. (`openAlertGroups == 0` does not hold: openAlertGroups is 1; you may not see 1 of the open alert groups)'

  test('holds an incident as long as it fires, also for whoever may not see it', async () => {
    expect((await world.do(guest, getIncident, { incident: key })).groups).toEqual([])
    expect(await resolving(key, guest)).toMatchObject({ allowed: false, reason })
    await expect(world.do(guest, changeState, { incident: key, to: 'resolved' })).rejects.toMatchObject({ message: reason })
  })
  test('is told to whoever sees it without that', async () => {
    expect((await resolving(key, admin)).reason).toBe(
      'Wait until no alert fires. (`openAlertGroups == 0` does not hold: openAlertGroups is 1)',
    )
  })
  test('lets the incident go when it is over', async () => {
    await fires('resolve')
    expect(await world.do(guest, changeState, { incident: key, to: 'resolved' })).toMatchObject({ state: { id: 'resolved' } })
  })
})

test('a service behind a wall counts for a condition on services, and its name is not in the reason', async () => {
  const { key: walled } = await world.do(admin, declareIncident, { type: 'sre-apart', title: 'Scoring fails', services: ['scoring'] })
  await world.do(admin, bringIn, { incident: walled, user: 'guest' })
  const { allowed, reason } = await resolving(walled, guest)
  expect([allowed, reason]).toEqual([false, 'The scoring has its own way. (it does not hold; you may not see 1 of the services)'])
})
