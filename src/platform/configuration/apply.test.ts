import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { configurationOf } from './slice.ts'

const configuration = configurationOf([...directory.resources, ...alerts.resources])
const { applyConfiguration, exportConfiguration } = configuration.operations
let world: World
let admin: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, configuration]))
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())

const fernhill = `kind: organisation
name: Fernhill
zone: Europe/Berlin
---
kind: user
handle: mara
name: Mara Lindqvist
email: Mara@fernhill.example
---
kind: user
handle: ines
name: Inês Carvalho
email: ines@fernhill.example
`
const rest = `kind: service
slug: payments-gateway
name: Payments gateway
team: payments
tier: 1
dependsOn: [orders-db]
links: [{ href: "https://example.test/graph", text: Graph }]
---
kind: service
slug: orders-db
name: Orders database
---
kind: team
slug: payments
name: Payments
members: { mara: lead, ines: member }
---
kind: time-interval
slug: at-night
name: At night
intervals: [{ times: [["22:00", "24:00"]] }]
---
kind: route
slug: customers
name: Customers notice
match: severity=critical
service: payments-gateway
muteTimes: [at-night]
`
const files = [
  { path: 'a-rest.yaml', text: rest },
  { path: 'people.yaml', text: fernhill },
]
const apply = (given: { path: string; text: string }[], options: { dryRun?: boolean; prune?: boolean } = {}) =>
  world.do(admin, applyConfiguration, { files: given, ...options })
const exported = async () => (await world.do(admin, exportConfiguration, {})).files

test('a dry run tells everything and changes nothing', async () => {
  const before = await exported()
  const events = (await world.events()).length
  const { counts, changes } = await apply(files, { dryRun: true })
  expect(counts).toEqual({ added: 8, changed: 0, removed: 0, unchanged: 0 })
  expect(changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'organisation organisation',
    'user mara',
    'user ines',
    'team payments',
    'service payments-gateway',
    'service orders-db',
    'time-interval at-night',
    'route customers',
  ])
  expect(await exported()).toEqual(before)
  expect((await world.events()).length).toBe(events)
})

test('one mistake among many right documents changes nothing, and is named with its place', async () => {
  const before = await exported()
  await expect(
    apply([...files, { path: 'more/teams.yaml', text: 'kind: team\nslug: search\nname: Search\nmembers:\n  nobody: lead\n' }]),
  ).rejects.toMatchObject({
    code: 'bad-configuration',
    faults: [{ path: 'more/teams.yaml:5:11', message: 'there is no user nobody' }],
  })
  expect(await exported()).toEqual(before)
})

test('a text that no database holds is named with its place', async () => {
  for (const odd of ['\\0', '\\ud800'])
    await expect(apply([...files, { path: 'odd.yaml', text: `kind: service\nslug: odd\nname: "O${odd}"\n` }])).rejects.toMatchObject({
      code: 'invalid-input',
      faults: [{ path: 'odd.yaml:3:7', message: expect.stringContaining('cannot be stored') }],
    })
})

test('a rule that would do nothing is named with its field', async () => {
  const rules = `kind: inhibition
slug: one
name: One
source: severity=critical
target: 'severity=~"["'
---
kind: route
slug: two
name: Two
match: 'severity=~"(a"'
---
kind: route
slug: default
name: Three
`
  await expect(apply([...files, { path: 'rules.yaml', text: rules }])).rejects.toMatchObject({
    faults: [
      { path: 'rules.yaml:5:9', message: expect.stringMatching(/^target: severity=~"\[": not a pattern/) },
      { path: 'rules.yaml:10:8', message: expect.stringMatching(/^match: severity=~"\(a": not a pattern/) },
      { path: 'rules.yaml:13:7', message: expect.stringMatching(/^slug: .* choose another one$/) },
    ],
  })
})

test('applying makes it so, in an order in which references hold, with the event of each', async () => {
  expect((await apply(files)).counts).toEqual({ added: 8, changed: 0, removed: 0, unchanged: 0 })
  expect((await world.events('user.added')).length).toBe(3)
  expect((await world.events('configuration.applied')).map((event) => event.data)).toEqual([{ added: 8, changed: 0, removed: 0 }])
})

test('applying an export changes nothing, and an export is always the same', async () => {
  const first = await exported()
  expect((await apply(first, { prune: true })).counts).toEqual({ added: 0, changed: 0, removed: 0, unchanged: 9 })
  expect(await exported()).toEqual(first)
  expect(first.find(({ path }) => path === 'team/payments.yaml')?.text).toBe(
    '# yaml-language-server: $schema=http://tocsin.test/schemas/team.json\nkind: team\nslug: payments\nname: Payments\nmembers:\n  mara: lead\n  ines: member\n',
  )
})

test('a change says field by field what becomes of what', async () => {
  const { changes, counts } = await apply([
    { path: 'a.yaml', text: rest.replace('tier: 1', 'tier: 2').replace('ines: member', 'ines: lead') },
  ])
  expect(counts).toEqual({ added: 0, changed: 2, removed: 0, unchanged: 3 })
  expect(changes).toEqual([
    {
      kind: 'team',
      key: 'payments',
      does: 'change',
      reason: 'members is written otherwise',
      differences: [{ path: '/members/ines', before: 'member', after: 'lead' }],
    },
    {
      kind: 'service',
      key: 'payments-gateway',
      does: 'change',
      reason: 'tier is written otherwise',
      differences: [{ path: '/tier', before: 1, after: 2 }],
    },
  ])
})

test('pruning removes what is not written, disables people, and keeps the one who does it', async () => {
  const kept = (await exported()).filter(
    ({ path }) =>
      ![
        'route/customers.yaml',
        'time-interval/at-night.yaml',
        'service/payments-gateway.yaml',
        'user/ines.yaml',
        'team/payments.yaml',
      ].includes(path),
  )
  const { changes } = await apply(kept, { prune: true })
  expect(changes.map(({ does, kind, key }) => `${does} ${kind} ${key}`)).toEqual([
    'remove route customers',
    'remove time-interval at-night',
    'remove service payments-gateway',
    'remove team payments',
    'remove user ines',
  ])
  expect((await world.events('route.changed')).map(({ data }) => data)).toEqual([
    { slug: 'customers', what: 'added' },
    { slug: 'customers', what: 'removed' },
  ])
  expect((await world.events('time-interval.changed')).at(-1)).toMatchObject({ data: { slug: 'at-night', what: 'removed' } })
  await expect(
    apply(
      kept.filter(({ path }) => path !== 'user/ada.yaml'),
      { prune: true },
    ),
  ).rejects.toMatchObject({ code: 'bad-configuration', message: expect.stringContaining('You cannot disable yourself') })
  expect((await apply(files)).changes.find(({ key }) => key === 'ines')?.does).toBe('add')
})

test('who may not configure the platform may not apply or export', async () => {
  const manager = await world.person('max', 'manager')
  await expect(world.do(manager, applyConfiguration, { files: [] })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(world.do(manager, exportConfiguration, {})).rejects.toMatchObject({ code: 'forbidden' })
})

test('the record says who added, changed and removed what holds back pages', async () => {
  const before = await exported()
  const rule = (name: string) => [{ path: 'rule.yaml', text: `kind: inhibition\nslug: rule\nname: ${name}\nsource: a=b\ntarget: c=d\n` }]
  await apply(rule('One'))
  await apply(rule('Two'))
  await apply(before, { prune: true })
  expect((await world.events('inhibition.changed')).map(({ actor, data }) => [actor, data])).toEqual(
    ['added', 'changed', 'removed'].map((what) => [expect.stringContaining('usr_'), { slug: 'rule', what }]),
  )
})

test('who administers, and an address, are handed on whatever the order in which they are written', async () => {
  const person = (handle: string, email: string, role: string) =>
    `kind: user\nhandle: ${handle}\nname: ${handle}\nemail: ${email}@example.test\nrole: ${role}\n`
  const handOver = [person('ada', 'ops', 'manager'), person('old', 'old', 'responder'), person('zoe', 'zoe', 'administrator')].join('---\n')
  await apply([{ path: 'before.yaml', text: person('old', 'ops', 'responder') }])
  expect((await apply([{ path: 'after.yaml', text: handOver }])).counts).toMatchObject({ added: 1, changed: 2 })
  await expect(apply([{ path: 'nobody.yaml', text: person('zoe', 'zoe', 'manager') }])).rejects.toMatchObject({
    faults: [{ path: 'nobody.yaml:1:1', message: expect.stringContaining('There would be no administrator any more') }],
  })
})
