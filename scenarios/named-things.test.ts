// What an alert needs on its way to a person is not taken away while something still names it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogue } from '#app/wiring.ts'
import { shippedProcesses } from '#domains/incidents/shipped.ts'
import { actorWith, createWorld, type World } from './world/world.ts'

const written = `kind: team
slug: fraud
name: Fraud
membersOnly: true
---
kind: schedule
slug: weekly
name: Weekly
zone: UTC
layers: [{ name: weekly, rotation: { unit: week, length: 1, anchor: "2026-11-02T09:00", participants: [ada] } }]
---
kind: policy
slug: fraud
name: Fraud
team: fraud
levels: [{ targets: [{ schedule: weekly }] }]
---
kind: policy
slug: payments
name: Payments
levels: [{ targets: [{ user: ada }] }]
---
kind: service
slug: gateway
name: Gateway
policy: payments
---
kind: service
slug: ledger
name: Ledger
team: fraud
policy: payments
---
kind: route
slug: customers
name: Customers notice
match: severity=critical
policy: payments
---
kind: runbook
slug: drain
name: Drain
sections: [{ name: All, steps: [{ id: grow, name: Grow it, ask: { question: Is it grown?, answers: [{ id: done, text: It is, consequence: then this ends }] } }] }]
---
`
let world: World
let admin: Actor
beforeEach(async () => {
  world = await createWorld(catalogue)
  admin = await world.person('ada', 'administrator')
  const { version: _, ...process } = { ...shippedProcesses[0]!, version: 0 }
  const slas = process.slas.map((sla, i) => (i === 0 ? { ...sla, pages: 'payments' } : sla))
  await apply(
    written +
      JSON.stringify({
        kind: 'process',
        ...process,
        slug: 'own',
        slas,
        runbooks: [{ runbook: 'drain', on: 'opened' }],
      }),
  )
})
afterEach(() => world.close())

const ask = (name: string, input: unknown, by = admin) =>
  world.do(by, catalogue.operations.find((one) => one.name === name)! as never, input)
const apply = (text: string, prune = false) => ask('configuration.apply', { files: [{ path: 'all.yaml', text }], prune })

test('a policy is not removed while services, routes or processes name it', async () => {
  await expect(ask('oncall.removePolicy', { policy: 'payments' })).rejects.toMatchObject({
    code: 'refused',
    message: 'The services gateway, ledger, the routes customers and the processes own page by it. Take it out of them first.',
  })
})

test('a runbook is not removed while a process names it', async () => {
  await expect(ask('runbooks.remove', { runbook: 'drain' })).rejects.toMatchObject({
    code: 'refused',
    message: 'The processes own start it. Take it out of them first.',
  })
})

test('what stands behind a wall holds it too, and is only counted for whoever does not see it', async () => {
  const keeper = actorWith(await world.person('ben'), ['oncall:configure'])
  await expect(ask('oncall.removePolicy', { policy: 'payments' }, keeper)).rejects.toMatchObject({
    message: expect.stringMatching(/^The services gateway, .* and 1 more that you do not see page by it/),
  })
  await expect(ask('oncall.removeSchedule', { schedule: 'weekly' }, keeper)).rejects.toMatchObject({
    code: 'refused',
    message: '1 that you do not see page it. Take it out of them first.',
  })
})

test('pruning takes away what names a policy together with it', async () => {
  const people = 'kind: user\nhandle: ada\nname: Ada\nemail: ada@example.test\nrole: administrator\n'
  const { changes } = (await apply(people, true)) as { changes: { kind: string; key: string; does: string }[] }
  expect(changes.filter(({ does }) => does === 'remove').map(({ kind, key }) => `${kind} ${key}`)).toEqual(
    expect.arrayContaining(['process own', 'policy payments', 'schedule weekly', 'route customers', 'service gateway']),
  )
})

test('a route opens its incidents with a severity that their process has', async () => {
  const route = (opens: string) => apply(`kind: route\nslug: opening\nname: Opening\nopens: ${opens}\n`)
  await expect(route('{ type: own, severity: SEV9 }')).rejects.toMatchObject({
    code: 'bad-configuration',
    faults: [{ path: 'all.yaml:4:31', message: expect.stringMatching(/^the process own has no severity SEV9: write one of SEV1, /) }],
  })
  await route('{ type: own, severity: SEV1 }')
})

test('a runbook asks only whom there is, and whom it asks is held by it', async () => {
  const runbook = (who: string) => `kind: runbook
slug: asking
name: Asking
sections:
  - name: All
    steps:
      - { id: sure, name: Sure, ask: { question: Sure?, who: [{ role: lead }, ${who}], answers: [{ id: done, text: It is, consequence: ends }] } }
      - { id: say, name: Say, update: { text: It is, pages: [shop] } }
`
  const at = (column: number) => `all.yaml:7:${column}`
  await expect(apply(runbook('{ schedule: wekly }, { user: nobody }'))).rejects.toMatchObject({
    faults: [
      { path: at(91), message: 'there is no schedule wekly' },
      { path: at(108), message: 'there is no user nobody' },
      { path: 'all.yaml:8:62', message: 'there is no status-page shop' },
    ],
  })
  await apply(`${runbook('{ schedule: nights }')}---
kind: status-page
slug: shop
name: Shop
---
kind: schedule
slug: nights
name: Nights
zone: UTC
`)
  await expect(ask('oncall.removeSchedule', { schedule: 'nights' })).rejects.toMatchObject({
    message: 'The runbooks asking page it. Take it out of them first.',
  })
})
