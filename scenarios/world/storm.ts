// Many services that page one person, and one that pages somebody else of another team: for what happens when everything breaks at once.
import { z } from 'zod'
import { system, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { AlertSeverity, Signal } from '#kernel/signal.ts'
import { alerts, ingest, type IntegrationId } from '#domains/alerts/index.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import { addService } from '#domains/directory/services.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { setRules } from '#domains/notifications/rules.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addPolicy } from '#domains/oncall/policies.ts'
import { givePhone, people, type People } from './people.ts'
import { createWorld, type World } from './world.ts'

type Person = Extract<Actor, { kind: 'user' }>
export type StormWorld = World &
  People & {
    admin: Person
    ana: Person
    ben: Person
    cem: Person
    /** An alert of each of these services, all in one request. The first ones are critical, as many as said. */
    fire(services: readonly string[], criticals?: number): Promise<void>
    /** The alerts of these are over. */
    resolve(services: readonly string[]): Promise<void>
  }

/** `shop-1` to `shop-n`. */
export const shops = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => `shop-${from + n}`)

/** Services `shop-1` to `shop-n` page Ana and, after five minutes, Cem; `bank` pages Ben. All of them by push only. */
export async function stormWorld(count: number): Promise<StormWorld> {
  const outside = people()
  const world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]), { channels: outside.channels })
  const admin = await world.person('root', 'administrator')
  const [ana, ben, cem] = [await world.person('ana'), await world.person('ben'), await world.person('cem')]
  for (const [handle, person] of Object.entries({ ana, ben, cem })) {
    const methodId = await givePhone(world, person, handle)
    await world.do(person, setRules, { urgency: 'page', rules: [{ afterSeconds: 0, methodId }] })
  }
  const level = (user: string) => ({ targets: [{ user }], delaySeconds: 300 })
  await world.do(admin, addPolicy, { slug: 'shop', name: 'Shop', levels: [level('ana'), level('cem')] })
  await world.do(admin, addPolicy, { slug: 'bank', name: 'Bank', levels: [level('ben')] })
  await world.do(admin, addService, { slug: 'bank', name: 'Bank', policy: 'bank' })
  // In one transaction: a hundred would take seconds.
  await world.engine.transact(admin, async ({ run }) => {
    for (const slug of shops(1, count))
      await run(addService, z.parse(addService.input, { slug, name: slug.replace('shop-', 'Shop '), policy: 'shop' }))
  })
  const { id } = (await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'bank' })) as {
    id: IntegrationId
  }
  await world.settle()

  const send = async (action: Signal['action'], services: readonly string[], severityOf: (n: number) => AlertSeverity) => {
    const signals = services.map((service, n): Signal => ({
      action,
      dedupKey: service,
      title: `${service} is down`,
      severity: severityOf(n),
      labels: { alertname: 'Down', service },
      service,
    }))
    await world.engine.transact(system('test'), (context) =>
      ingest(context, [{ integration: { id, serviceId: null, teamId: null }, signals }]),
    )
    await world.settle()
  }
  return {
    ...world,
    ...outside,
    admin,
    ana,
    ben,
    cem,
    fire: (services, criticals = 0) => send('trigger', services, (n) => (n < criticals ? 'critical' : 'error')),
    resolve: (services) => send('resolve', services, () => 'error'),
  }
}
