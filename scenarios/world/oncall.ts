// An alert that fires in a fake world, through the real way in, and the people whom its policy pages.
import { system, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { alerts, ingest, type GroupId, type IntegrationId } from '#domains/alerts/index.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import { listGroups } from '#domains/alerts/groups.ts'
import { changes } from '#domains/changes/index.ts'
import { addService } from '#domains/directory/services.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addPolicy } from '#domains/oncall/policies.ts'
import { givePhone, people, type People } from './people.ts'
import { createWorld, type World } from './world.ts'

type Person = Extract<Actor, { kind: 'user' }>

export type PagingWorld = World &
  People & {
    admin: Person
    person: (handle: string) => Promise<Person>
    /** Fires or resolves an alert of the service `checkout`. */
    alert(title: string, action?: 'trigger' | 'resolve'): Promise<void>
    /** The only open group. */
    group(): Promise<GroupId>
  }

/** People with phones, a service `checkout` with the policy `checkout`: these levels of handles, each with its delay. */
export async function pagingWorld(
  levels: { who: string[]; delaySeconds: number }[],
  { keys, ...options }: { repeat?: number; ackTimeoutSeconds?: number; keys?: readonly string[] } = {},
): Promise<PagingWorld & Record<string, unknown>> {
  const outside = people()
  const world = await createWorld(catalogueOf([directory, alerts, changes, notifications, oncall]), {
    channels: outside.channels,
    ...(keys ? { keys } : {}),
  })
  const admin = await world.person('root', 'administrator')
  const made = new Map<string, Person>()
  for (const handle of new Set(levels.flatMap((level) => level.who))) {
    made.set(handle, await world.person(handle))
    await givePhone(world, made.get(handle)!, handle)
  }
  await world.do(admin, addPolicy, {
    slug: 'checkout',
    name: 'Checkout',
    ...options,
    levels: levels.map(({ who, delaySeconds }) => ({ targets: who.map((user) => ({ user })), delaySeconds })),
  })
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout', policy: 'checkout' })
  const integration = (await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'checkout' })) as {
    id: IntegrationId
  }
  await world.settle()
  return {
    ...world,
    ...outside,
    admin,
    person: async (handle) => made.get(handle) ?? (await world.person(handle)),
    async alert(title, action = 'trigger') {
      const signal: Signal = { action, dedupKey: 'one', title, severity: 'critical', labels: {}, service: 'checkout' }
      await world.engine.transact(system('test'), (context) =>
        ingest(context, [{ integration: { id: integration.id, serviceId: null, teamId: null }, signals: [signal] }]),
      )
      await world.settle()
    },
    async group() {
      return (await world.do(admin, listGroups, { state: 'open' })).items[0]!.id
    },
  }
}
