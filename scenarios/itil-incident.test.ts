// The ITIL path: logged in under a minute, classified, diagnosed, recovered, and closed by the person who reported it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addHypothesis, changeState, classifyIncident, declareIncident, incidents, settleHypothesis } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { givePhone, people, type People } from './world/people.ts'
import { createWorld, type World } from './world/world.ts'
import { openPage } from './world/pages.ts'

let world: World
let agent: Actor
let phones: People

beforeEach(async () => {
  phones = people()
  world = await createWorld(catalogueOf([directory, alerts, notifications, incidents]), { channels: phones.channels })
  agent = await world.person('sofia', 'agent')
  await givePhone(world, await world.person('jonas', 'reporter'), 'jonas')
})
afterEach(() => world.close())

const states = async (incident: string) =>
  (await world.do(agent, incidentTimeline, { incident, limit: 100 })).items
    .filter((item) => item.type === 'incident.state-changed')
    .map((item) => item.sentence)
    .reverse()

/** From the call to the resolution. */
async function recover(): Promise<string> {
  const { key } = await world.do(agent, declareIncident, { type: 'itil', title: 'Orders cannot be printed', reporter: 'jonas' })
  await world.do(agent, classifyIncident, { incident: key, category: 'hardware', impact: 'moderate', urgency: 'high' })
  for (const to of ['classified', 'investigating']) await world.do(agent, changeState, { incident: key, to })
  const { id } = await world.do(agent, addHypothesis, { incident: key, statement: 'The spooler has no space', test: 'df -h' })
  await world.do(agent, settleHypothesis, { incident: key, hypothesisId: id, state: 'confirmed', outcome: '100 % used' })
  await world.do(agent, changeState, { incident: key, to: 'recovering', fields: { diagnosis: 'The disk of the spooler is full' } })
  await world.pass('20 min')
  await world.do(agent, changeState, { incident: key, to: 'resolved', fields: { resolution: 'Old jobs removed', retest: 'Passed' } })
  await world.settle()
  return key
}

test('the reporter gets a link, opening it changes nothing, and yes closes the incident', async () => {
  const key = await recover()
  const { url } = phones.phoneOf('jonas').gets(/Does it work again\? INC-1/)
  const page = await openPage(world, url)
  expect(page.text).toContain('Orders cannot be printed')
  expect((await states(key)).at(-1)).toBe('Resolved by Sofia')
  expect((await openPage(world, url, { works: 'yes' })).text).toContain('INC-1 is closed')
  expect((await states(key)).at(-1)).toBe('Closed by Jonas: the reporter confirmed it')
  expect(await openPage(world, url, { works: 'no', note: 'again' })).toMatchObject({ status: 409 })
  phones.phoneOf('jonas').gotNothingMore()
})

test('no opens it again, with what does not work; the next resolution asks anew and the old link is spent', async () => {
  const key = await recover()
  const { url } = phones.phoneOf('jonas').gets(/Does it work again/)
  expect(await openPage(world, url, { works: 'no' })).toMatchObject({ status: 400 })
  await openPage(world, url, { works: 'no', note: 'Nothing comes out' })
  expect((await states(key)).at(-1)).toBe('Investigating by Jonas: the reporter says that it does not work')
  await world.do(agent, changeState, { incident: key, to: 'resolved', fields: { resolution: 'New spooler' } })
  await world.settle()
  expect(await openPage(world, url, { works: 'yes' })).toMatchObject({ status: 409 })
  await openPage(world, phones.phoneOf('jonas').gets(/Does it work again/).url, { works: 'yes' })
  expect((await states(key)).at(-1)).toMatch(/^Closed by Jonas/)
})

test('without an answer it closes by itself after three days, and not an hour earlier', async () => {
  const key = await recover()
  await world.pass('71 h')
  expect((await states(key)).at(-1)).toBe('Resolved by Sofia')
  await world.pass('1 h')
  expect((await states(key)).at(-1)).toBe('Closed by itself: no answer for 3 d')
})
