// People are got into an incident: brought in by a page that goes on until they have it, and by a policy when a target is missed.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { bringIn, changeState, declareIncident, incidents, setPrivate } from '#domains/incidents/index.ts'
import { eraseText } from '#domains/incidents/details.ts'
import { processResource } from '#domains/incidents/processes.ts'
import type { ProcessSpec } from '#domains/incidents/process-definition.ts'
import { getIncident } from '#domains/incidents/screen.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { listPages, startPage } from '#domains/oncall/pages.ts'
import { addPolicy } from '#domains/oncall/policies.ts'
import { givePhone, people, type People } from './world/people.ts'
import { createWorld, type World } from './world/world.ts'

let world: World
let root: Actor
let mara: Actor
let phones: People

beforeEach(async () => {
  phones = people()
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]), { channels: phones.channels })
  root = await world.person('root', 'administrator')
  mara = await world.person('mara')
  for (const handle of ['oskar', 'dora']) await givePhone(world, await world.person(handle), handle)
})
afterEach(() => world.close())

const sentences = async () => (await world.do(mara, incidentTimeline, { incident: '1', limit: 200 })).items.map((item) => item.sentence)
const declare = () => world.do(mara, declareIncident, { title: 'Card payments fail', severity: 'SEV1' })

test('who is brought in urgently is paged, and it stands in the timeline', async () => {
  await declare()
  await world.do(mara, bringIn, { incident: '1', user: 'oskar', note: 'You know the callbacks', urgent: true })
  await world.settle()
  phones.phoneOf('oskar').gets(/You are wanted in INC-1: Card payments fail[^]*You know the callbacks/)
  expect(await sentences()).toEqual(expect.arrayContaining(['Mara brought in Oskar: You know the callbacks']))
  expect(
    (await world.do(mara, incidentTimeline, { incident: '1' })).items.some((item) => item.kind === 'page' && /Oskar/.test(item.sentence)),
  ).toBe(true)
})

test('a missed target pages the policy that the process names, once', async () => {
  await world.do(root, addPolicy, { slug: 'duty-managers', name: 'Duty managers', levels: [{ targets: [{ user: 'dora' }] }], repeat: 0 })
  await useSlas((sla) => (sla.id === 'response' ? { ...sla, pages: 'duty-managers' } : sla))
  await declare()
  await world.pass('4 min')
  phones.phoneOf('dora').gotNothingMore()
  await world.pass('2 min')
  phones.phoneOf('dora').gets(/Response missed: INC-1 Card payments fail/)
  phones.phoneOf('dora').gotNothingMore()
})

test('a policy that is not there is told in the timeline, for nobody was paged', async () => {
  await useSlas((sla) => ({ ...sla, pages: sla.id === 'response' ? 'nobody-at-all' : null }))
  await declare()
  await world.pass('2 h')
  expect(await sentences()).toContain('Nobody could be paged for the missed response target')
})

test('an incident that is over pages nobody any more: who was brought in hears that, and the next level nothing', async () => {
  await world.do(root, addPolicy, {
    slug: 'duty',
    name: 'Duty',
    levels: [{ targets: [{ user: 'dora' }] }, { targets: [{ user: 'mara' }] }],
  })
  await declare()
  await world.do(mara, bringIn, { incident: '1', user: 'oskar', note: 'You know the callbacks', urgent: true })
  await world.do(mara, startPage, { policy: 'duty', incident: (await world.do(mara, getIncident, { incident: '1' })).id, title: 'Come' })
  await world.settle()
  phones.phoneOf('oskar').gets(/You are wanted in INC-1/)
  phones.phoneOf('dora').gets(/^Come/)
  for (const to of ['investigating', 'resolved']) await world.do(mara, changeState, { incident: '1', to })
  await world.settle()
  phones.phoneOf('oskar').gets(/^Over: You are wanted in INC-1[^]*INC-1 is resolved/)
  phones.phoneOf('dora').gets(/^Over: Come/)
  await world.pass('2 h')
  phones.phoneOf('oskar').gotNothingMore()
  phones.phoneOf('dora').gotNothingMore()
  expect((await world.do(root, listPages, { state: 'open' })).items).toEqual([])
})

/** Changes the targets of the shipped SRE process. */
test('of an incident that becomes private the next level is told that, and not what it is', async () => {
  await world.do(root, addPolicy, {
    slug: 'duty',
    name: 'Duty',
    levels: [{ targets: [{ user: 'oskar' }] }, { targets: [{ user: 'dora' }] }],
  })
  await useSlas((sla) => ({ ...sla, pages: sla.id === 'response' ? 'duty' : null }))
  await declare()
  await world.pass('6 min')
  phones.phoneOf('oskar').gets(/Card payments fail/)
  await world.do(mara, setPrivate, { incident: '1', private: true })
  await world.pass('5 min')
  const told = phones.phoneOf('dora').gets(/^INC-1, which is private/)
  expect(JSON.stringify(told)).not.toContain('Card payments')
  expect((await world.do(root, listPages, {})).items.map(({ title, body }) => [title, body])).toEqual([['INC-1, which is private', '']])
})

test('a missed target of a private incident does not say what it is', async () => {
  await world.do(root, addPolicy, { slug: 'duty', name: 'Duty', levels: [{ targets: [{ user: 'dora' }] }], repeat: 0 })
  await useSlas((sla) => ({ ...sla, pages: sla.id === 'response' ? 'duty' : null }))
  await declare()
  await world.do(mara, setPrivate, { incident: '1', private: true })
  await world.pass('6 min')
  const told = phones.phoneOf('dora').gets(/^Response missed: INC-1/)
  expect(JSON.stringify(told)).not.toContain('Card payments')
})

async function useSlas(change: (sla: ProcessSpec['slas'][number]) => ProcessSpec['slas'][number]): Promise<void> {
  await world.engine.transact(root, async (context) => {
    const sre = (await processResource.list(context.scope)).find((spec) => processResource.key(spec) === 'sre') as ProcessSpec
    await processResource.save(context, { ...sre, slas: sre.slas.map(change) }, sre)
  })
}

test('what is erased while its page goes on is said to nobody more', async () => {
  await declare()
  await world.do(mara, bringIn, { incident: '1', user: 'oskar', note: 'Jane Roe waits', urgent: true })
  await world.settle()
  phones.phoneOf('oskar').gets(/Jane Roe waits/)
  const { items } = await world.do(mara, incidentTimeline, { incident: '1' })
  const { textId } = items.find(({ text }) => text === 'Jane Roe waits')!
  await world.do(mara, eraseText, { incident: '1', textId: textId! })
  await world.settle()
  const kept = await world.read((scope) =>
    scope.query(sql`select key from processes where name = 'oncall.page' and ended_at is null and state::text like '%Jane Roe%'`),
  )
  expect(kept).toEqual([])
})
