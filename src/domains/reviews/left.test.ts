// A review and the work that comes out of it in the long run: whose owner is gone, what two people change at once, a record that is too long.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { assignRole, declareIncident, incidents } from '#domains/incidents/index.ts'
import { updateDue } from '#domains/incidents/events.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addActionItem, changeActionItem, listActionItems } from './action-items.ts'
import { reviews } from './index.ts'
import { exportReview } from './queries.ts'
import { remindOwners } from './reminders.ts'
import { openReview, setReviewOwner } from './writing.ts'

const phones = people()
let world: World
let admin: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, reviews]), { channels: phones.channels })
  admin = await world.person('root', 'administrator')
  await givePhone(world, await world.person('mara'), 'mara')
  await world.person('leo')
})
afterAll(() => world.close())

const toldMara = () =>
  phones
    .phoneOf('mara')
    .all()
    .map(({ title }) => title)
const declared = async (title: string) => (await world.do(admin, declareIncident, { title, severity: 'SEV4' })).key
const remind = async () => {
  await world.engine.transact(system('reviews'), (context) => remindOwners.run(context))
  await world.settle()
}

test('of two people who change an action item at once each keeps what they changed', async () => {
  const incident = await declared('Search is slow')
  await world.do(admin, openReview, { incident })
  const { id } = await world.do(admin, addActionItem, { incident, title: 'Cache it', owner: 'mara', due: '2027-11-25' })
  await world.engine.transact(system('test'), async (context) => {
    const first = (async (statement: Parameters<typeof context.scope.first>[0]) => {
      // Whoever held the review has changed the due date when it is free.
      if (JSON.stringify(statement).includes('for update'))
        await context.scope.query(sql`update action_items set due_on = '2027-12-24' where id = ${id}`)
      return context.scope.first(statement)
    }) as typeof context.scope.first
    await changeActionItem.run({ ...context, scope: { ...context.scope, first } } as never, { actionItem: id, done: true })
  })
  const [item] = (await world.do(admin, listActionItems, {})).items.filter((one) => one.id === id)
  expect(item).toMatchObject({ dueOn: '2027-12-24' })
  expect(item!.doneAt).not.toBeNull()
})

test('what somebody owns who is gone is told to who writes the review, and that to who leads the incident', async () => {
  const incident = await declared('Payments fail')
  await world.do(admin, openReview, { incident })
  await world.do(admin, setReviewOwner, { incident, owner: 'mara', due: '2027-11-24' })
  await world.do(admin, addActionItem, { incident, title: 'Alert per issuer', owner: 'leo', due: '2026-11-23' })
  const other = await declared('Mail is late')
  await world.do(admin, assignRole, { incident: other, role: 'commander', user: 'mara' })
  await world.do(admin, openReview, { incident: other })
  await world.do(admin, setReviewOwner, { incident: other, owner: 'leo', due: '2026-11-23' })
  await world.do(admin, disableUser, { user: 'leo' })
  await world.pass('1 d')
  await remind()
  expect(
    toldMara()
      .filter((title) => /Alert per issuer|review of INC-3/.test(title))
      .sort(),
  ).toEqual(['Alert per issuer was due on Mon 23 Nov', 'The review of INC-3 was due on Mon 23 Nov'])
})

test('a document that leaves out the beginning of a long record says so', async () => {
  const incident = await declared('Everything fails')
  await world.do(admin, openReview, { incident })
  const shown = async () => (await world.do(admin, exportReview, { incident })).markdown
  expect(await shown()).not.toContain('newest 1000')
  await world.engine.transact(system('test'), async ({ emit, scope }) => {
    const [found] = await scope.query<{ id: `inc_${string}` }>(sql`select id from incidents where title = 'Everything fails'`)
    for (let count = 0; count < 1001; count++) await emit(updateDue, { incidentId: found!.id, overdue: false })
  })
  expect(await shown()).toContain('_The newest 1000 entries. Those before them stand in the timeline of the incident._')
})
