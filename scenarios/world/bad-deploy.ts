// A world in which the process starts the shipped runbook `bad-deploy` when a SEV1 is being fixed, with a fake deploy system and fake metrics.
import { system, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { incidents } from '#domains/incidents/index.ts'
import { processResource } from '#domains/incidents/processes.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addConnection, addShipped, runbooks } from '#domains/runbooks/index.ts'
import { givePhone, type People } from './people.ts'
import { createWorld, type World } from './world.ts'

const outside = { deploys: [{ version: '4.18.2', previous: '4.18.1', at: '2026-11-23T13:58:00Z' }], before: 0.2, after: 8.2, id: 'rb-1' }

/** Mara and Tunde are responders with phones; `payments` is a service. */
export async function badDeployWorld(phones: People): Promise<{ world: World; mara: Actor; tunde: Actor }> {
  const world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]), {
    channels: phones.channels,
  })
  const admin = await world.person('root', 'administrator')
  const [mara, tunde] = [await world.person('mara'), await world.person('tunde')]
  await givePhone(world, mara, 'mara')
  await givePhone(world, tunde, 'tunde')
  await world.do(admin, addService, { slug: 'payments', name: 'Payments' })
  for (const slug of ['deploys', 'metrics'])
    await world.do(admin, addConnection, { slug, name: slug, address: `https://${slug}.example`, secret: 'a secret of the far side' })
  await world.do(admin, addShipped, { slug: 'bad-deploy' })
  await world.engine.transact(system('test'), async (context) => {
    const sre = (await processResource.list(context.scope)).find((spec) => processResource.key(spec) === 'sre') as object
    const named = [{ runbook: 'bad-deploy', on: { state: 'fixing' }, when: "severity == 'SEV1'" }]
    await processResource.save(context, { ...sre, runbooks: named }, sre)
  })
  world.outsideAnswers(() => ({ body: JSON.stringify(outside) }))
  return { world, mara, tunde }
}
