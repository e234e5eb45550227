// Promises of the commands: they work, refuse what is wrong with a sentence, and leave an event behind.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { anonymous } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { alerts } from '#domains/alerts/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { classifyIncident, setSeverity } from './classification.ts'
import { declareIncident } from './declare.ts'
import { changeIncident, eraseText } from './details.ts'
import { addHypothesis, settleHypothesis } from './hypotheses.ts'
import { incidents } from './index.ts'
import { changeState, closeIncident, reopenIncident } from './moving.ts'
import { addNote, decide } from './notes.ts'
import { assignRole, bringIn, handOver } from './people.ts'
import { getProcess, listProcesses, processResource } from './processes.ts'
import { listIncidents, matchIncidents, verifyIncident } from './queries.ts'
import { getIncident } from './screen.ts'
import { addTask, changeTask } from './tasks.ts'
import { incidentTimeline } from './timeline.ts'
import { waitingForMe } from './waiting.ts'

let world: World
let mara: Actor
let tunde: Actor
let owner: Actor

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  owner = await world.person('otto', 'manager')
  mara = await world.person('mara')
  tunde = await world.person('tunde')
  await world.do(owner, addService, { slug: 'payments-gateway', name: 'Payments gateway' })
})
afterAll(() => world.close())

const declare = (input: object = {}, actor = mara) =>
  world.do(actor, declareIncident, { title: 'Card payments fail', severity: 'SEV1', services: ['payments-gateway'], ...input })
const sentences = async (incident: string) =>
  (await world.do(mara, incidentTimeline, { incident })).items.map((item) => item.sentence).reverse()

describe('declaring', () => {
  test('two fields are enough; numbers begin at 1 and have no holes', async () => {
    const first = await world.do(mara, declareIncident, { title: 'Search is slow' })
    await expect(world.do(mara, declareIncident, { title: 'Search is slow', services: ['nothing'] })).rejects.toMatchObject({
      code: 'missing',
    })
    const second = await declare()
    expect([first.number, second.number]).toEqual([1, 2])
    expect(second).toMatchObject({
      key: 'INC-2',
      type: 'sre',
      state: { id: 'triage', name: 'Triage' },
      severity: 'SEV1',
      services: [{ slug: 'payments-gateway' }],
      lead: null,
    })
    expect(await sentences('INC-2')).toEqual(['INC-2 opened by Mara: Card payments fail', 'Mara joined'])
  })
  test.each([
    ['an unknown process', { type: 'waterfall' }, 'missing', /process/],
    ['an unknown severity of the process', { type: 'itil', severity: 'SEV5' }, 'refused', /ITIL incident has no severity SEV5/],
    ['an unknown level', { type: 'itil', impact: 'huge' }, 'refused', /has no impact huge. Write one of extensive/],
    [
      'a subcategory of another category',
      { type: 'itil', category: 'hardware', subcategory: 'database' },
      'refused',
      /has no subcategory database/,
    ],
    ['a role that is not there', { roles: { pilot: 'mara' } }, 'refused', /has no role pilot/],
    ['a person that is not there', { reporter: 'nobody' }, 'missing', /person/],
    ['a time to come', { occurredAt: '2026-11-24T14:00:00Z' }, 'invalid-input', /lies in the future/],
    ['an empty title', { title: ' ' }, 'invalid-input', /title/],
    ['a field that no input has', { colour: 'red' }, 'invalid-input', /colour/i],
  ])('refuses %s', async (_, input, code, reason) => {
    await expect(declare(input)).rejects.toMatchObject({ code, message: expect.stringMatching(reason) })
  })
  test('nobody is not signed in', () => expect(declare({}, anonymous)).rejects.toMatchObject({ code: 'not-signed-in' }))
})

describe('working on it', () => {
  test('severity, classification and priority follow from each other, with their reasons', async () => {
    const { key } = await declare({ type: 'itil', severity: undefined })
    const view = await world.do(mara, classifyIncident, {
      incident: key,
      category: 'software',
      subcategory: 'database',
      impact: 'significant',
      urgency: 'high',
      risk: 'high',
    })
    expect(view).toMatchObject({
      priority: 'P1',
      severity: 'SEV1',
      priorityReason: 'Impact Significant × urgency High is P2; risk High makes it P1.',
    })
    expect(await world.do(mara, setSeverity, { incident: key, severity: 'SEV2', reason: 'Only two countries' })).toMatchObject({
      severity: 'SEV2',
      priority: 'P1',
    })
    expect((await sentences(key)).slice(2)).toEqual([
      'Classified as P1 by Mara: Impact Significant × urgency High is P2; risk High makes it P1.',
      'Severity raised to SEV1 by Mara: it follows from P1',
      'Severity lowered to SEV2 by Mara: Only two countries',
    ])
  })

  test('roles are taken, given, handed over and left; everybody on one is a responder', async () => {
    const { key } = await declare()
    await world.do(mara, assignRole, { incident: key, role: 'commander', user: 'mara' })
    await world.do(mara, assignRole, { incident: key, role: 'operations', user: 'tunde' })
    await expect(world.do(tunde, handOver, { incident: key, role: 'commander', to: 'tunde', note: 'I take it' })).rejects.toThrow(
      'Mara holds this role. Assign it instead of handing it over.',
    )
    await world.do(mara, handOver, { incident: key, role: 'commander', to: 'tunde', note: 'Rollback runs' })
    await world.do(mara, assignRole, { incident: key, role: 'operations', user: null })
    await world.do(mara, bringIn, { incident: key, user: 'otto', note: 'You know the callbacks' })
    expect((await sentences(key)).slice(2)).toEqual([
      'Mara took command',
      'Tunde is operations, by Mara',
      'Mara handed commander over to Tunde: Rollback runs',
      'Mara left Operations empty',
      'Mara brought in Otto: You know the callbacks',
    ])
    const screen = await world.do(mara, getIncident, { incident: key })
    expect(screen.lead).toMatchObject({ handle: 'tunde' })
    expect(screen.responders.map((person) => person.handle).sort()).toEqual(['mara', 'otto', 'tunde'])
    await world.settle()
    expect(
      (await world.read((scope) => scope.query<{ title: string }>(sql`select title from notifications order by id`))).length,
    ).toBeGreaterThan(0)
  })

  test('whoever takes part already is told of a note to them, which stands on the timeline; without one nothing happens twice', async () => {
    const { key } = await declare()
    await world.do(mara, bringIn, { incident: key, user: 'tunde' })
    await world.do(mara, bringIn, { incident: key, user: 'tunde' })
    await world.do(mara, bringIn, { incident: key, user: 'tunde', note: 'Look at the callbacks' })
    expect((await sentences(key)).slice(2)).toEqual(['Mara brought in Tunde', 'Mara brought in Tunde: Look at the callbacks'])
    await world.settle()
    const told = await world.read((scope) =>
      scope.query<{ title: string }>(
        sql`select title from notifications where reach_key like '%/brought-in/%' and title like ${`%${key}:%`}`,
      ),
    )
    expect(told).toHaveLength(2)
  })

  test('tasks are added, taken, done and opened again', async () => {
    const { key } = await declare()
    const task = await world.do(mara, addTask, { incident: key, title: 'Count orders to re-charge', dueAt: '2026-11-23T14:45:00Z' })
    await world.do(tunde, changeTask, { incident: key, taskId: task.id, assignee: 'tunde' })
    expect(await world.do(tunde, changeTask, { incident: key, taskId: task.id, done: true })).toMatchObject({
      assignee: { handle: 'tunde' },
      doneAt: expect.any(String),
    })
    expect(await world.do(tunde, changeTask, { incident: key, taskId: task.id, done: false })).toMatchObject({ doneAt: null })
    expect((await sentences(key)).slice(2)).toEqual([
      'Task by Mara: Count orders to re-charge',
      'Tunde has the task: Count orders to re-charge',
      'Task done by Tunde: Count orders to re-charge',
      'Task open again by Tunde: Count orders to re-charge',
    ])
    const detailed = await world.do(tunde, changeTask, { incident: key, taskId: task.id, detail: 'All of Tuesday' })
    expect(detailed).toMatchObject({ title: 'Count orders to re-charge', detail: 'All of Tuesday', assignee: { handle: 'tunde' } })
    expect(await world.do(tunde, changeTask, { incident: key, taskId: task.id, detail: null })).toMatchObject({
      title: 'Count orders to re-charge',
      detail: null,
      dueAt: detailed.dueAt,
    })
    const other = await declare()
    await expect(world.do(mara, changeTask, { incident: other.key, taskId: task.id, done: true })).rejects.toMatchObject({
      code: 'missing',
    })
  })

  test('a hypothesis is settled only with what came of its test', async () => {
    const { key } = await declare()
    const { id } = await world.do(tunde, addHypothesis, {
      incident: key,
      statement: '4.18.2 drops the callback',
      test: 'Replay 20 callbacks',
      testing: true,
    })
    await expect(world.do(tunde, settleHypothesis, { incident: key, hypothesisId: id, state: 'confirmed' })).rejects.toThrow(
      'Say what came of the test before it is confirmed.',
    )
    expect(
      await world.do(tunde, settleHypothesis, { incident: key, hypothesisId: id, state: 'confirmed', outcome: '19 were lost' }),
    ).toMatchObject({ state: 'confirmed', test: 'Replay 20 callbacks', outcome: '19 were lost' })
    await world.do(mara, decide, { incident: key, title: 'Roll back rather than fix forward', reason: 'The build takes 25 min' })
    const { items } = await world.do(mara, incidentTimeline, { incident: key })
    expect(items.slice(0, 2).map(({ kind, sentence, text, detail }) => ({ kind, sentence, text, detail }))).toEqual([
      {
        kind: 'decision',
        sentence: 'Decided by Mara: Roll back rather than fix forward',
        text: 'Roll back rather than fix forward',
        detail: 'The build takes 25 min',
      },
      { kind: 'hypothesis', sentence: 'Hypothesis confirmed by Tunde: 4.18.2 drops the callback', text: '19 were lost', detail: null },
    ])
  })

  test('a note keeps when it happened beside when it was recorded', async () => {
    const { key } = await declare()
    await world.do(mara, addNote, { incident: key, text: 'Support has 41 tickets', happenedAt: '2026-11-23T13:00:00Z' })
    const { items, counts } = await world.do(mara, incidentTimeline, { incident: key, only: 'notes' })
    expect(items).toMatchObject([
      { kind: 'note', sentence: 'Mara: Support has 41 tickets', happenedAt: '2026-11-23T13:00:00.000Z', at: '2026-11-23T14:00:00.000Z' },
    ])
    expect(counts).toEqual({ everything: 3, facts: 2, notes: 1, changes: 0 })
    const facts = await world.do(mara, incidentTimeline, { incident: key, only: 'facts' })
    expect(facts.items.map(({ sentence }) => sentence)).toEqual(['Mara joined', `${key} opened by Mara: Card payments fail`])
    await expect(world.do(mara, addNote, { incident: key, text: 'x', happenedAt: '2026-11-23T15:00:00Z' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  test('moves carry their reason; closing and reopening ask the process', async () => {
    const { key } = await declare({ severity: 'SEV3' })
    await expect(world.do(mara, closeIncident, { incident: key })).rejects.toThrow(
      /cannot be closed from here. It can go to Investigating, Fixing, Resolved, Declined/,
    )
    await world.do(mara, changeState, { incident: key, to: 'fixing', reason: 'The release is the cause' })
    await world.do(mara, changeState, { incident: key, to: 'resolved', fields: { resolution: 'Rolled back' } })
    expect(await world.do(mara, closeIncident, { incident: key })).toMatchObject({ state: { id: 'closed', kind: 'closed' } })
    expect(await world.do(mara, reopenIncident, { incident: key, reason: 'It rises again' })).toMatchObject({
      state: { id: 'investigating' },
      resolvedAt: null,
    })
    expect((await sentences(key)).slice(2)).toEqual([
      'Fixing by Mara: The release is the cause',
      'Resolution set by Mara: Rolled back',
      'Resolved by Mara',
      'Closed by Mara',
      'Investigating by Mara: It rises again',
    ])
    expect((await world.events('incident.reopened')).length).toBeGreaterThan(0)
  })

  test('the screen says what is next for the one who looks', async () => {
    const { key } = await declare()
    const next = async (actor: Actor) => (await world.do(actor, getIncident, { incident: key })).strip.next?.sentence
    expect(await next(mara)).toBe('Nobody is commander: take it, or assign it')
    await world.do(mara, assignRole, { incident: key, role: 'commander', user: 'mara' })
    expect(await next(mara)).toBe('Investigate when it is so')
    expect(await next(tunde)).toBeUndefined()
    await world.do(mara, addTask, { incident: key, title: 'Stop the pipeline', assignee: 'tunde' })
    expect(await next(tunde)).toBe('Stop the pipeline')
    await world.do(mara, changeIncident, { incident: key, impactNow: '5.1 % of EU card payments fail', trying: 'Rollback to 4.18.1' })
    expect(await world.do(mara, getIncident, { incident: key })).toMatchObject({
      impactNow: '5.1 % of EU card payments fail',
      strip: { trying: 'Rollback to 4.18.1' },
      update: { number: 1, everySeconds: 1800 },
    })
  })
})

test('what waits for somebody is told over all incidents, and only what is theirs to do', async () => {
  const reporter = await world.person('jonas', 'reporter')
  const waits = async (actor: Actor) => (await world.do(actor, waitingForMe, {})).items.map((item) => `${item.act} ${item.incident.key}`)
  const { key } = await declare({ title: 'Waiting', type: 'itil', severity: undefined, reporter: 'jonas' }, owner)
  expect(await waits(reporter)).toEqual([])
  await world.do(owner, addTask, { incident: key, title: 'Call Jonas', assignee: 'otto' })
  expect(await waits(owner)).toContain(`classify ${key}`)
  await world.do(owner, classifyIncident, { incident: key, category: 'software', impact: 'minor', urgency: 'low' })
  await world.do(owner, changeState, { incident: key, to: 'classified' })
  expect(await waits(owner)).toContain(`do-task ${key}`)
  await world.do(owner, changeState, { incident: key, to: 'resolved', fields: { resolution: 'Restarted', retest: 'Passed' } })
  expect(await waits(reporter)).toEqual([`confirm ${key}`])
  expect(await waits(tunde)).not.toContain(`do-task ${key}`)
})

describe('what was written', () => {
  test('can be erased, and the record still verifies; altered in the database, it does not', async () => {
    const { key } = await declare()
    const { textId } = await world.do(tunde, addNote, { incident: key, text: 'Customer Jane Roe called' })
    const kept = await world.do(tunde, addNote, { incident: key, text: 'All pods restarted' })
    await expect(world.do(mara, eraseText, { incident: key, textId })).rejects.toThrow(
      'Only who wrote it, or a process owner, can erase it.',
    )
    await world.do(owner, eraseText, { incident: key, textId })
    expect(await sentences(key)).toEqual(expect.arrayContaining(['Tunde: (erased)', 'Tunde: All pods restarted', 'Otto erased a note']))
    expect(await world.do(mara, verifyIncident, { incident: key })).toMatchObject({ intact: true, erased: 1 })
    const salts = await world.read((scope) =>
      scope.query(sql`select 1 from incident_texts where id = ${textId} and (salt is not null or text is not null)`),
    )
    expect(salts).toEqual([])
    await world.read((scope) => scope.query(sql`update incident_texts set text = 'No pod restarted' where id = ${kept.textId}`))
    expect(await world.do(mara, verifyIncident, { incident: key })).toMatchObject({
      intact: false,
      reason: expect.stringContaining(kept.textId),
    })
  })
  test.each([
    [
      'an entry that was altered',
      sql`update events set actor = 'usr_x' where stream = (select id from incidents where number = (select max(number) from incidents)) and sequence = 2`,
    ],
    [
      'an entry that was deleted',
      sql`delete from events where stream = (select id from incidents where number = (select max(number) from incidents)) and sequence = 2`,
    ],
    ['a text that was deleted', sql`delete from incident_texts where id = (select max(id) from incident_texts where kind = 'note')`],
    [
      'a text that was erased without saying so',
      sql`update incident_texts set text = null, salt = null, erased_at = written_at where id = (select max(id) from incident_texts where kind = 'note')`,
    ],
  ])('%s is found out', async (_, statement) => {
    const { key } = await declare()
    await world.do(tunde, addNote, { incident: key, text: 'All pods restarted' })
    expect(await world.do(mara, verifyIncident, { incident: key })).toMatchObject({ intact: true })
    await world.read((scope) => scope.query(statement))
    expect(await world.do(mara, verifyIncident, { incident: key })).toMatchObject({ intact: false })
  })
  test('a new title keeps the old one in the record', async () => {
    const { key } = await declare()
    await world.do(mara, changeIncident, { incident: key, title: 'Card payments fail in the EU' })
    expect(await sentences(key)).toEqual([
      'INC-' + key.slice(4) + ' opened by Mara: Card payments fail',
      'Mara joined',
      'Title set by Mara: Card payments fail in the EU',
    ])
  })
})

describe('finding incidents', () => {
  test('lists filter, page by cursor, and match what somebody types', async () => {
    const printer = await declare({ title: 'Label printer queue backs up', severity: 'SEV3', errorCode: 'PRN-77', services: [] })
    const found = async (input: object) => (await world.do(mara, listIncidents, input)).items.map((item) => item.number)
    expect(await found({ text: 'printer' })).toEqual([printer.number])
    expect(await found({ text: `INC-${printer.number}` })).toEqual([printer.number])
    expect(await found({ severity: 'SEV3', open: true, service: 'payments-gateway' })).not.toContain(printer.number)
    const page = await world.do(mara, listIncidents, { limit: 2 })
    expect(page.items).toHaveLength(2)
    expect((await world.do(mara, listIncidents, { limit: 2, cursor: page.nextCursor })).items[0]!.number).toBe(page.items[1]!.number - 1)
    expect((await world.do(mara, matchIncidents, { text: 'the label printer does not print' })).items[0]).toMatchObject({
      number: printer.number,
    })
    expect((await world.do(mara, matchIncidents, { text: 'PRN-77' })).items[0]).toMatchObject({ number: printer.number })
    expect((await world.do(mara, matchIncidents, { text: 'no' })).items).toEqual([])
  })

  test('of two that match a text alike, the one with the service that was named comes first', async () => {
    const [older, newer] = [await declare({ title: 'Timeouts everywhere' }), await declare({ title: 'Timeouts everywhere', services: [] })]
    const numbers = async (input: object) =>
      (await world.do(mara, matchIncidents, { text: 'timeouts', ...input })).items.map(({ number }) => number)
    expect(await numbers({})).toEqual([newer.number, older.number])
    expect(await numbers({ service: 'payments-gateway' })).toEqual([older.number, newer.number])
  })
})

describe('processes', () => {
  test('both come with the product, without a problem', async () => {
    expect((await world.do(mara, listProcesses, {})).items.map(({ slug, problems }) => ({ slug, problems }))).toEqual([
      { slug: 'itil', problems: 0 },
      { slug: 'sre', problems: 0 },
    ])
    expect(await world.do(mara, getProcess, { process: 'sre' })).toMatchObject({ problems: [], definition: { start: 'triage' } })
  })
  test('applying what is exported changes nothing; a change is a version, and an incident keeps the one it began with', async () => {
    const list = () => world.read((scope) => processResource.list(scope)) as Promise<{ slug: string; name: string; start: string }[]>
    const save = (spec: unknown, before: unknown) => world.engine.transact(owner, (context) => processResource.save(context, spec, before))
    const [, sre] = await list()
    await save(sre, sre)
    expect(await world.events('process.saved')).toEqual([])
    const old = await declare()
    await save({ ...sre, name: 'Major incident' }, sre)
    const fresh = await declare()
    expect([old.processVersion, fresh.processVersion]).toEqual([1, 2])
    expect([
      (await world.do(mara, getIncident, { incident: old.key })).typeName,
      (await world.do(mara, getIncident, { incident: fresh.key })).typeName,
    ]).toEqual(['SRE incident', 'Major incident'])
    await expect(save({ ...sre, start: 'nowhere' }, sre)).rejects.toMatchObject({
      code: 'bad-configuration',
      faults: expect.arrayContaining([expect.objectContaining({ path: '/start' })]),
    })
    await world.engine.transact(owner, (context) => processResource.remove!(context, sre!))
    expect((await list()).map(({ slug }) => slug)).toEqual(['itil'])
    expect((await world.do(mara, getIncident, { incident: fresh.key })).state.name).toBe('Triage')
    await save(sre, undefined)
  })
})
