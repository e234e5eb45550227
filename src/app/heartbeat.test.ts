// A synthetic alert through the real way in, up to the outside that hears of it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Secret } from '#kernel/secret.ts'
import { sql } from '#kernel/sql.ts'
import { integrations } from '#integrations/catalogue.ts'
import { createInbound } from '#platform/http/inbound.ts'
import { silentLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { reach } from '#domains/notifications/index.ts'
import { system } from '#kernel/actor.ts'
import { createRehearsal, startHeartbeat } from './heartbeat.ts'
import { createIntake } from './intake.ts'
import { catalogue } from './wiring.ts'

const outside = people()
let world: World
let server: ReturnType<typeof createServer>
let stop: (() => Promise<void>) | undefined
beforeAll(async () => {
  world = await createWorld(catalogue, {
    channels: outside.channels,
    settings: (name) => (name === 'heartbeatUrl' ? new Secret('https://outside.example/ping/0123') : undefined),
  })
  await givePhone(world, await world.person('ada', 'administrator'), 'ada')
  const store = createIntake(world.engine, { rehearsal: createRehearsal(world.engine) })
  const inbound = createInbound({ store, catalogue: integrations, clock: world.clock, log: silentLog(), metrics: createMetrics() })
  server = createServer((request, response) => void inbound.handle(request, response, () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => stop?.())
afterAll(async () => {
  server.close()
  await world.close()
})

/** One synthetic alert, and everything that follows from it. */
async function beat() {
  world.sent.length = 0
  const { port } = server.address() as AddressInfo
  stop = startHeartbeat(world.engine, `http://127.0.0.1:${port}`, 3600, silentLog())
  await stop()
  await world.settle()
  return world.sent
}
const rowsOf = async () =>
  world.read(async (scope) => {
    const counts: Record<string, number> = {}
    for (const table of ['alerts', 'alert_groups', 'integrations', 'pages', 'events'])
      counts[table] = (await scope.first<{ count: number }>(sql([`select count(*)::int as count from ${table}`])))!.count
    return counts
  })

test('it goes the whole way, the outside hears of it, and it leaves nothing behind', async () => {
  const before = await rowsOf()
  const sent = await beat()
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST https://outside.example/ping/0123'])
  expect(String(sent[0]!.body)).toMatch(/^Tocsin works: a synthetic alert of 2026-11-23T14:00:00/)
  expect(await rowsOf()).toEqual(before)
})

test('when alerts cannot be decided about, the outside hears nothing', async () => {
  const { transact } = world.engine
  world.engine.transact = (actor, work, options) =>
    transact(
      actor,
      (context) => {
        const { query } = context.scope
        const scope = {
          ...context.scope,
          query: (statement: Parameters<typeof query>[0]) =>
            statement.text.includes('insert into alert_groups') ? Promise.reject(new Error('cannot be grouped')) : query(statement),
        }
        return work({ ...context, scope: scope as never })
      },
      options,
    )
  expect(await beat()).toEqual([])
  world.engine.transact = transact
  expect(await beat()).toHaveLength(1)
})

test('when nothing that is sent arrives, the outside hears nothing until it does', async () => {
  const ben = await world.person('ben')
  const tell = async (key: string) => {
    await world.engine.transact(system('test'), (context) =>
      context.tell(reach, key, {
        type: 'start',
        userId: ben.userId,
        about: { user: ben.userId },
        urgency: 'page',
        title: key,
        body: '',
        path: '/',
      }),
    )
    await world.settle()
  }
  outside.breaks('email', { status: 'failed', canRetry: false, reason: 'no mail server answers' })
  outside.breaks('web-push', { status: 'failed', canRetry: false, reason: 'no push service answers' })
  for (const key of ['one', 'two', 'three']) await tell(key)
  expect(await beat()).toEqual([])
  expect((await world.events('heartbeat.withheld'))[0]!.data).toMatchObject({
    reason: expect.stringContaining('e-mail (no mail server answers)'),
  })
  outside.breaks('email', undefined)
  outside.breaks('web-push', undefined)
  await tell('four')
  expect(await beat()).toHaveLength(1)
  expect(await world.events('heartbeat.resumed')).toHaveLength(1)
})
