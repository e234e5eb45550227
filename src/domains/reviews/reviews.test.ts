import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { assignRole, bringIn, changeState, declareIncident, incidents, setPrivate } from '#domains/incidents/index.ts'
import { processResource } from '#domains/incidents/processes.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addActionItem, changeActionItem, listActionItems } from './action-items.ts'
import { reviews } from './index.ts'
import { exportReview, getReview, listReviews } from './queries.ts'
import { weekdaysLater } from './weekdays.ts'
import { openReview, publishReview, setReviewOwner, writeSection } from './writing.ts'

let world: World
let mara: Actor
let tunde: Actor
let outsider: Actor
let incident: string

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, reviews]))
  mara = await world.person('mara')
  tunde = await world.person('tunde')
  outsider = await world.person('otto', 'stakeholder')
  incident = String((await world.do(mara, declareIncident, { title: 'Card payments fail <script>', severity: 'SEV1' })).number)
  await world.do(mara, assignRole, { incident, role: 'commander', user: 'mara' })
  await world.do(mara, changeState, { incident, to: 'investigating' })
  await world.pass('52 min')
  await world.do(mara, changeState, { incident, to: 'fixing' })
  await world.do(mara, changeState, { incident, to: 'resolved' })
  await world.settle()
})
afterAll(() => world.close())

describe('a review', () => {
  test("opens when the incident is resolved, with the process's sections, the commander as its owner, five weekdays later", async () => {
    const review = await world.do(mara, getReview, { incident })
    expect(review).toMatchObject({ owner: { handle: 'mara' }, dueOn: '2026-11-30', publishedAt: null, overdue: false })
    expect(review.sections.map(({ id }) => id)).toEqual(['summary', 'impact', 'detection', 'response', 'causes', 'lessons', 'actions'])
    expect((await world.events('review.opened'))[0]!.data).toMatchObject({ dueOn: '2026-11-30' })
  })

  test('is opened once, and not for an incident whose process does not want one', async () => {
    await expect(world.do(mara, openReview, { incident })).rejects.toThrow('This incident has a review already.')
    const small = String((await world.do(mara, declareIncident, { title: 'A typo', severity: 'SEV4' })).number)
    for (const to of ['investigating', 'fixing', 'resolved']) await world.do(mara, changeState, { incident: small, to })
    await world.settle()
    await expect(world.do(mara, getReview, { incident: small })).rejects.toMatchObject({ code: 'missing' })
    expect((await world.do(mara, openReview, { incident: small })).sections.length).toBe(7)
  })

  test('a section is Markdown, shown safely, and two writers are told of each other', async () => {
    const written = await world.do(mara, writeSection, {
      incident,
      section: 'summary',
      text: 'For **52 minutes** <pod-name>',
      basedOn: null,
    })
    expect(written.sections[0]).toMatchObject({
      html: '<p>For <strong>52 minutes</strong> &lt;pod-name&gt;</p>\n',
      changedBy: { handle: 'mara' },
    })
    await expect(world.do(tunde, writeSection, { incident, section: 'summary', text: 'Mine', basedOn: null })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(world.do(tunde, writeSection, { incident, section: 'nope', text: 'x' })).rejects.toMatchObject({ code: 'missing' })
  })

  test('is not published while sections are empty or actions lack an owner or a date', async () => {
    const action = await world.do(mara, addActionItem, { incident, title: 'Alert on the failure rate per issuer' })
    await expect(world.do(mara, publishReview, { incident })).rejects.toThrow(
      'It cannot be published yet; still empty: Impact, Detection, Response, Causes, Lessons; without an owner: “Alert on the failure rate per issuer”; without a due date: “Alert on the failure rate per issuer”.',
    )
    for (const section of ['impact', 'detection', 'response', 'causes', 'lessons'])
      await world.do(tunde, writeSection, { incident, section, text: `About ${section}.` })
    await world.do(mara, changeActionItem, { actionItem: action.id, owner: 'tunde', due: '2026-12-04' })
    expect(await world.do(mara, publishReview, { incident })).toMatchObject({ publishedAt: '2026-11-23T14:52:00.000Z', notReady: null })
    await expect(world.do(mara, publishReview, { incident })).rejects.toThrow('This review is published already.')
    await expect(world.do(mara, writeSection, { incident, section: 'impact', text: '' })).rejects.toMatchObject({ code: 'refused' })
    await expect(world.do(mara, addActionItem, { incident, title: 'Later' })).rejects.toMatchObject({ code: 'refused' })
  })

  test('changes its owner and date, and stands in the list with what is missing', async () => {
    expect(await world.do(mara, setReviewOwner, { incident, owner: 'tunde', due: '2026-12-01' })).toMatchObject({
      owner: { handle: 'tunde' },
      dueOn: '2026-12-01',
    })
    const { items } = await world.do(tunde, listReviews, { mine: 'true' })
    expect(items).toMatchObject([{ owner: { handle: 'tunde' }, written: 6, sections: 7, openActions: 1, actions: 1 }])
    expect((await world.do(tunde, listReviews, { state: 'draft' })).items.map(({ incident: { severity } }) => severity)).toEqual(['SEV4'])
  })

  test('becomes one document with the record, in which a title is only text', async () => {
    const { markdown, fileName } = await world.do(mara, exportReview, { incident })
    expect(fileName).toBe(`INC-${incident}-review.md`)
    expect(markdown).toContain(`# INC-${incident} Card payments fail &lt;script>`)
    expect(markdown).toContain('Review published by Mara')
    expect(markdown).toContain('Tunde | 2026-12-04 |')
    expect(markdown).not.toContain('<script')
  })
})

describe('action items', () => {
  test('are found by their owner, overdue after their date, and done once', async () => {
    const mine = async () => (await world.do(tunde, listActionItems, { mine: 'true', state: 'open' })).items
    const [item] = await mine()
    expect(item).toMatchObject({ title: 'Alert on the failure rate per issuer', overdue: false })
    await world.pass('12 d')
    expect(await mine()).toMatchObject([{ overdue: true }])
    await world.do(tunde, changeActionItem, { actionItem: item!.id, done: true })
    expect(await mine()).toEqual([])
    expect((await world.events('action-item.done')).length).toBe(1)
  })
  test('need the right to write reviews', async () => {
    await expect(world.do(outsider, addActionItem, { incident, title: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

test("a private incident's review and action items are missing for others, in lists too", async () => {
  const secret = String((await world.do(mara, declareIncident, { title: 'Secret', severity: 'SEV1', private: true })).number)
  await world.do(mara, openReview, { incident: secret })
  const action = await world.do(mara, addActionItem, { incident: secret, title: 'Rotate the key' })
  for (const [operation, input] of [
    [getReview, { incident: secret }],
    [exportReview, { incident: secret }],
    [writeSection, { incident: secret, section: 'summary', text: 'x' }],
    [changeActionItem, { actionItem: action.id, done: true }],
  ] as const) {
    await expect(world.do(tunde, operation as never, input)).rejects.toMatchObject({ code: 'missing' })
  }
  const listed = JSON.stringify([await world.do(tunde, listReviews, {}), await world.do(tunde, listActionItems, {})])
  expect(listed).not.toMatch(/Secret|Rotate/)
  await world.do(mara, setPrivate, { incident: secret, private: false })
  expect((await world.do(tunde, getReview, { incident: secret })).incident.title).toBe('Secret')
})

test('nobody is made to write, or to do, what they cannot open', async () => {
  const secret = String((await world.do(mara, declareIncident, { title: 'Secret', severity: 'SEV1', private: true })).number)
  await world.do(mara, openReview, { incident: secret })
  const { id } = await world.do(mara, addActionItem, { incident: secret, title: 'Rotate the key', owner: 'mara' })
  for (const naming of [
    () => world.do(mara, setReviewOwner, { incident: secret, owner: 'tunde' }),
    () => world.do(mara, addActionItem, { incident: secret, title: 'Tell the bank', owner: 'tunde' }),
    () => world.do(mara, changeActionItem, { actionItem: id, owner: 'tunde' }),
  ])
    await expect(naming()).rejects.toThrow('Tunde does not see this incident. Bring them into it first.')
  await world.do(mara, bringIn, { incident: secret, user: 'tunde' })
  expect(await world.do(mara, setReviewOwner, { incident: secret, owner: 'tunde' })).toMatchObject({ owner: { handle: 'tunde' } })
})

test('is due when its process says', async () => {
  const list = (await world.read((scope) => processResource.list(scope))) as { slug: string; review: object }[]
  const sre = list.find(({ slug }) => slug === 'sre')!
  const slow = { ...sre, slug: 'slow', review: { ...sre.review, within: '10 d' } }
  await world.engine.transact(mara, (context) => processResource.save(context, slow, undefined))
  const { number } = await world.do(mara, declareIncident, { type: 'slow', title: 'Slow', severity: 'SEV1' })
  const review = await world.do(mara, openReview, { incident: String(number) })
  expect(review.dueOn).toBe(weekdaysLater(world.clock.now().slice(0, 10), 10))
})

test('every action item is counted, however many the listed reviews have together', async () => {
  await world.read((scope) =>
    scope.query(sql`insert into action_items (id, review_id, title, created_at)
      select 'act_' || lpad(n::text, 26, '0'), (select id from reviews order by id limit 1), 'Item', ${scope.now} from generate_series(1, 600) as n`),
  )
  const counts = (await world.do(mara, listReviews, {})).items.map(({ actions }) => actions)
  expect(Math.max(...counts)).toBeGreaterThanOrEqual(600)
})
