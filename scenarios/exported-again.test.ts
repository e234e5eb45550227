import { afterEach, expect, test } from 'vitest'
import { system, type Actor } from '#kernel/actor.ts'
import { catalogue } from '#app/wiring.ts'
import { deletePolicy, findPolicy } from '#domains/oncall/schedule-store.ts'
import { createWorld, type World } from './world/world.ts'

const payments = `kind: user
handle: jonas
name: Jonas Weber
email: jonas@fernhill.example
---
kind: team
slug: payments
name: Payments
members: { jonas: member }
---
kind: schedule
slug: payments
name: Payments
zone: UTC
layers: [{ name: weekly, rotation: { unit: week, length: 1, anchor: "2026-11-02T09:00", participants: [jonas] } }]
---
kind: policy
slug: payments
name: Payments
levels: [{ targets: [{ schedule: payments }, { user: jonas }], delaySeconds: 300 }]
---
kind: service
slug: gateway
name: Gateway
policy: payments
---
kind: route
slug: customers
name: Customers notice
match: severity=critical
policy: payments
`
type File = { path: string; text: string }
let world: World
let admin: Actor
afterEach(() => world.close())

async function begin() {
  world = await createWorld(catalogue)
  admin = await world.person('ada', 'administrator')
  await apply([{ path: 'payments.yaml', text: payments }])
}
const ask = (name: string, input: unknown) => world.do(admin, catalogue.operations.find((one) => one.name === name)! as never, input)
const apply = (files: File[], prune = false) => ask('configuration.apply', { files, prune })
const exported = async () => ((await ask('configuration.export', {})) as { files: File[] }).files
const nothingChanges = { counts: { added: 0, changed: 0, removed: 0 } }

test('an export that still names somebody who has left is applied again, and changes nothing', async () => {
  await begin()
  await ask('directory.disableUser', { user: 'jonas' })
  const files = await exported()
  expect(files.map(({ path }) => path)).not.toContain('user/jonas.yaml')
  expect(await apply(files)).toMatchObject(nothingChanges)
  expect(await apply(files, true)).toMatchObject(nothingChanges)
})

test('so is one that names a policy that is gone; what is new or written otherwise names nothing that is not there', async () => {
  await begin()
  // An installation may still name one: versions before this removed it all the same.
  await expect(ask('oncall.removePolicy', { policy: 'payments' })).rejects.toMatchObject({ code: 'refused' })
  await world.engine.transact(system('test'), async ({ scope }) => deletePolicy(scope, (await findPolicy(scope, 'payments'))!.id))
  const files = await exported()
  expect(await apply(files, true)).toMatchObject(nothingChanges)
  const renamed = files.map((file) => ({ ...file, text: file.text.replace('name: Gateway', 'name: The gateway') }))
  await expect(apply(renamed)).rejects.toMatchObject({
    code: 'bad-configuration',
    faults: [{ path: 'service/gateway.yaml:5:9', message: 'there is no policy payments' }],
  })
})

test('what pruning takes away may not be named, also by what stays as it is', async () => {
  await begin()
  const files = (await exported()).filter(({ path }) => path !== 'policy/payments.yaml')
  await expect(apply(files, true)).rejects.toMatchObject({
    faults: [{ message: 'there is no policy payments' }, { message: 'there is no policy payments' }],
  })
})
