// The SRE path: declared, commanded, fixed, watched, resolved, reviewed and closed; its clocks speak up on the way, and its record verifies.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addTask, assignRole, changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { verifyIncident } from '#domains/incidents/queries.ts'
import { getIncident } from '#domains/incidents/screen.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { notifications } from '#domains/notifications/index.ts'
import { givePhone, people, type People } from './world/people.ts'
import { createWorld, type World } from './world/world.ts'

let world: World
let mara: Awaited<ReturnType<World['person']>>
let phones: People

beforeEach(async () => {
  phones = people()
  world = await createWorld(catalogueOf([directory, alerts, notifications, incidents]), { channels: phones.channels })
  mara = await world.person('mara')
  await givePhone(world, mara, 'mara')
  await world.do(mara, declareIncident, { title: 'Card payments fail', severity: 'SEV1' })
})
afterEach(() => world.close())

const goes = async (...states: string[]): Promise<void> => {
  for (const to of states) await world.do(mara, changeState, { incident: '1', to })
}
const sentences = async () => (await world.do(mara, incidentTimeline, { incident: '1', limit: 200 })).items.map((item) => item.sentence)

test('from triage to closed: targets are met or missed, the path is told, the record verifies', async () => {
  await world.pass('6 min')
  await goes('investigating')
  await world.pass('30 min')
  await goes('fixing', 'monitoring', 'resolved')
  const screen = await world.do(mara, getIncident, { incident: '1' })
  expect(screen.slas).toMatchObject([
    { id: 'response', breached: true, leftSeconds: -60 },
    { id: 'resolution', breached: false, metAt: '2026-11-23T14:36:00.000Z' },
  ])
  const path = screen.path.map(({ id, status }) => `${id} ${status}`)
  expect(path.slice(0, 5)).toEqual(['triage done', 'investigating done', 'fixing done', 'monitoring done', 'resolved now'])
  expect(path.slice(5)).toEqual(['review ahead', 'closed ahead'])
  await goes('review', 'closed')
  expect(await sentences()).toEqual(
    expect.arrayContaining(['Response target is close: 1 min left', 'Response target missed', 'Closed by Mara']),
  )
  expect(await world.do(mara, verifyIncident, { incident: '1' })).toMatchObject({ intact: true })
})

test('whoever leads is told what falls due, each thing once, and nothing once it is over', async () => {
  await world.do(mara, assignRole, { incident: '1', role: 'commander', user: 'mara' })
  await goes('investigating')
  await world.do(mara, addTask, { incident: '1', title: 'Stop the pipeline', assignee: 'mara', dueAt: '2026-11-23T14:20:00Z' })
  await world.pass('31 min')
  for (const told of [/Task is due in INC-1/, /The next update is due soon: INC-1/, /The update is overdue: INC-1/]) {
    phones.phoneOf('mara').gets(told)
  }
  await goes('resolved')
  await world.pass('10 d')
  phones.phoneOf('mara').gotNothingMore()
})
