// What is erased from the record is gone from the incident too, wherever it was copied to.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { myNotifications } from '#domains/notifications/deliveries.ts'
import { oncall } from '#domains/oncall/index.ts'
import { listPages } from '#domains/oncall/pages.ts'
import { declareIncident } from './declare.ts'
import { changeIncident, eraseText } from './details.ts'
import { incidents } from './index.ts'
import { listIncidents, verifyIncident } from './queries.ts'
import { bringIn } from './people.ts'
import { getIncident } from './screen.ts'
import { addTask } from './tasks.ts'
import { incidentTimeline } from './timeline.ts'

let world: World
let mara: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  mara = await world.person('mara')
})
afterAll(() => world.close())

const declare = async () =>
  (await world.do(mara, declareIncident, { title: 'Jane Roe cannot pay', description: 'She called twice', severity: 'SEV2' })).key
const change = (incident: string, to: object) => world.do(mara, changeIncident, { incident, ...to })
const shown = (incident: string) => world.do(mara, getIncident, { incident })
/** Erases the texts of the record that say this. */
async function erase(incident: string, text: string): Promise<void> {
  const { items } = await world.do(mara, incidentTimeline, { incident })
  const those = items.filter((item) => item.text === text && item.textId !== null)
  expect(those).toHaveLength(1)
  for (const { textId } of those) await world.do(mara, eraseText, { incident, textId })
}

test('a title and its description', async () => {
  const incident = await declare()
  await erase(incident, 'Jane Roe cannot pay')
  expect(await shown(incident)).toMatchObject({ title: '(erased)', description: '' })
  expect((await world.do(mara, listIncidents, { text: 'Roe' })).items).toEqual([])
  expect(await world.do(mara, verifyIncident, { incident })).toMatchObject({ intact: true, erased: 1 })
})

test('a title that is no longer its own leaves the newer one, and takes the description that both had', async () => {
  const incident = await declare()
  await change(incident, { title: 'Card payments fail' })
  await erase(incident, 'Jane Roe cannot pay')
  expect(await shown(incident)).toMatchObject({ title: 'Card payments fail', description: '' })
})

test('what is said of its impact and of what is tried, each by itself', async () => {
  const incident = await declare()
  await change(incident, { impactNow: 'Jane Roe is hit' })
  await change(incident, { trying: 'We call her back' })
  await erase(incident, 'Jane Roe is hit')
  expect(await shown(incident)).toMatchObject({ impactNow: null, trying: 'We call her back' })
  await erase(incident, 'We call her back')
  expect(await shown(incident)).toMatchObject({ impactNow: null, trying: null })
})

test('a field of its process, and not the others', async () => {
  const incident = await declare()
  await change(incident, { fields: { workaround: 'Ask Jane Roe', rootCause: 'A certificate ran out' } })
  await erase(incident, 'Ask Jane Roe')
  expect((await shown(incident)).fields).toMatchObject([
    { id: 'rootCause', value: 'A certificate ran out' },
    { id: 'workaround', value: '(erased)' },
    { id: 'resolution', value: null },
  ])
  const left = await world.read((scope) => scope.query(sql`select 1 from incidents where fields::text like '%Jane%'`))
  expect(left).toEqual([])
})

test('what pages and messages about it say, and nothing else that they say', async () => {
  const tunde = await world.person('tunde')
  const incident = await declare()
  const note = 'Jane Roe waits on line 2'
  await world.do(mara, bringIn, { incident, user: 'tunde', urgent: true, note })
  await world.do(mara, addTask, { incident, title: 'Call Jane Roe', assignee: 'tunde' })
  await world.do(mara, addTask, { incident, title: 'Look', assignee: 'tunde' })
  await world.settle()
  const page = async () => (await world.do(tunde, listPages, {})).items.map(({ title, body }) => [title, body])
  const mine = async () => (await world.do(tunde, myNotifications, { limit: 50 })).items.map(({ title }) => title)
  expect(await page()).toEqual([[`You are wanted in ${incident}: Jane Roe cannot pay`, note]])
  expect((await mine()).join()).toContain('Jane Roe')

  await erase(incident, note)
  expect(await page()).toEqual([[`You are wanted in ${incident}: Jane Roe cannot pay`, '(erased)']])
  await erase(incident, 'Jane Roe cannot pay')
  await erase(incident, 'Look')
  expect(await page()).toEqual([['(erased)', '(erased)']])
  expect((await mine()).join()).not.toContain('Jane Roe')
  expect(await mine()).toEqual(expect.arrayContaining([`SEV2 Task for you in ${incident}`]))
})
