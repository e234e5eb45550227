// What names a thing of another slice: a service its policy. Through the API it is there; what is written together comes in any order.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { configurationOf } from '#platform/configuration/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { serviceResource } from '#domains/directory/resources.ts'
import { addService, changeService, getService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from './index.ts'
import { addPolicy } from './policies.ts'

const configuration = configurationOf([...directory.resources, ...oncall.resources])
let world: World
let root: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, configuration]))
  root = await world.person('root', 'administrator')
  const levels = [{ targets: [{ user: 'root' }] }]
  await world.do(root, addTeam, { slug: 'vault', name: 'Vault', membersOnly: true, members: [{ user: 'root' }] })
  await world.do(root, addPolicy, { slug: 'payments', name: 'Payments', levels })
  await world.do(root, addPolicy, { slug: 'secret', name: 'Secret', team: 'vault', levels })
  await world.do(root, addService, { slug: 'orders', name: 'Orders', policy: 'payments' })
})
afterAll(() => world.close())

const noPolicy = (slug: string) => ({
  code: 'bad-configuration',
  status: 422,
  message: `There is no policy ${slug}.`,
  faults: [{ path: '/policy', message: `there is no policy ${slug}` }],
})

test('a service that names a policy, or a service, that is not there is refused with its place, and nothing is added', async () => {
  const add = (naming: object) => world.do(root, addService, { slug: 'shop', name: 'Shop', ...naming })
  await expect(add({ policy: 'paymnets' })).rejects.toMatchObject(noPolicy('paymnets'))
  await expect(add({ dependsOn: ['orders', 'ordres', 'shop'] })).rejects.toMatchObject({
    message: 'There is no service ordres.',
    faults: [
      { path: '/dependsOn/1', message: 'there is no service ordres' },
      { path: '/dependsOn/2', message: 'a service does not depend on itself' },
    ],
  })
  await expect(world.do(root, getService, { service: 'shop' })).rejects.toMatchObject({ code: 'missing' })
})

test('so is a change of one; another field of one that names what has gone is changed', async () => {
  const change = (changes: object) => world.do(root, changeService, { service: 'orders', ...changes })
  await expect(change({ name: 'Other', policy: 'gone' })).rejects.toMatchObject(noPolicy('gone'))
  await expect(change({ dependsOn: ['gone'] })).rejects.toMatchObject({ faults: [{ path: '/dependsOn/0' }] })
  expect(await world.do(root, getService, { service: 'orders' })).toMatchObject({ name: 'Orders', policy: 'payments', dependsOn: [] })
  const written = { slug: 'old', name: 'Old', description: '', team: null, tier: 3, policy: 'gone', dependsOn: ['gone'], links: [] }
  await world.engine.transact(root, (context) => serviceResource.save(context, written, undefined))
  expect(
    await world.do(root, changeService, { service: 'old', name: 'Older', policy: 'gone', dependsOn: ['gone', 'orders'] }),
  ).toMatchObject({ name: 'Older', dependsOn: ['gone', 'orders'] })
  expect(await world.do(root, changeService, { service: 'old', policy: null, dependsOn: [] })).toMatchObject({ policy: null })
})

test('one behind a wall is as one that is not there', async () => {
  const owner = await world.person('olga', 'manager')
  await expect(world.do(owner, addService, { slug: 'shop', name: 'Shop', policy: 'secret' })).rejects.toMatchObject(noPolicy('secret'))
})

test('as code a service comes before its policy and before what it depends on; what is nowhere is refused', async () => {
  const apply = (policy: string) =>
    world.do(root, configuration.operations.applyConfiguration, {
      files: [
        {
          path: 'all.yaml',
          text: `kind: service
slug: cart
name: Cart
policy: ${policy}
dependsOn: [later]
---
kind: service
slug: later
name: Later
---
kind: policy
slug: cart
name: Cart
levels: [{ targets: [{ user: root }] }]
`,
        },
      ],
    })
  await expect(apply('nowhere')).rejects.toMatchObject({ faults: [{ message: 'there is no policy nowhere' }] })
  expect((await apply('cart')).counts).toMatchObject({ added: 3 })
  expect(await world.do(root, getService, { service: 'cart' })).toMatchObject({ policy: 'cart', dependsOn: ['later'] })
})
