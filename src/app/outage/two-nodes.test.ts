// Two nodes with a file each: what one kept is read after what the other took in meanwhile, or kept too, and means what it meant when it came.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { addIntegration } from '#domains/alerts/index.ts'
import { endExpired } from '#domains/alerts/reactions.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { silentLog } from '#platform/log.ts'
import { pagingWorld } from '#scenarios/world/oncall.ts'
import { createBacklogReader } from '../backlog.ts'
import { createIntake } from '../intake.ts'
import { realTiming, type Timing } from '../timing.ts'
import { createOutage } from './outage.ts'
import { folderOnDisk } from './folder.ts'
import { openSpool } from './spool.ts'

const key = 'a-key-of-a-sender-01'
let world: Awaited<ReturnType<typeof pagingWorld>>
let folders: string[]
let one: Node
let two: Node
beforeAll(async () => {
  world = await pagingWorld([{ who: ['ana'], delaySeconds: 300 }])
  await world.engine.run(system('test'), addIntegration, { name: 'Sender', kind: 'alertmanager', key })
})
afterAll(() => world.close())
beforeEach(async () => {
  folders = []
  one = await node()
  two = await node()
})
afterEach(async () => {
  await one.stop()
  await two.stop()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

type Node = Awaited<ReturnType<typeof node>>

async function node() {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-two-nodes-'))
  folders.push(folder)
  let isCutOff = false
  let late: (() => Promise<unknown>)[] | undefined
  const engine: Engine = {
    ...world.engine,
    async transact(...given) {
      if (late) {
        late.push(() => world.engine.transact(...given))
        return new Promise(() => {})
      }
      if (isCutOff) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      return world.engine.transact(...given)
    },
  }
  const spool = openSpool(folderOnDisk(folder), () => engine.newId('evt'))
  const outage = createOutage({ engine, spool, channels: world.channels, settings: () => undefined, log: silentLog() })
  // However slow this machine is: only what is delayed on purpose is too late.
  const timing: Timing = {
    ...realTiming,
    after: (ms, work) =>
      realTiming.after(ms, () => {
        if (late) work()
      }),
  }
  const intake = createIntake(engine, { outage, deadlineMs: 100, timing })
  await intake.find(key)
  await outage.look()
  return {
    stop: () => outage.stop(),
    cutOff: () => void (isCutOff = true),
    /** What it asks of the database is done when this is called. */
    delay() {
      const asked: (() => Promise<unknown>)[] = []
      late = asked
      return async () => {
        late = undefined
        for (const one of asked) await one()
      }
    },
    async send(action: Signal['action'], dedupKey: string, change: Partial<Signal> = {}) {
      world.clock.set(addSeconds(world.clock.now(), 1))
      const labels = { alertname: dedupKey }
      const signal: Signal = { action, dedupKey, title: dedupKey, severity: 'critical', labels, service: 'checkout', ...change }
      await intake.accept((await intake.find(key))!, [signal])
    },
    /** It reaches the database again, hands its file over, and all of it is read. */
    async comesBack() {
      world.clock.set(addSeconds(world.clock.now(), 1))
      isCutOff = false
      await outage.look()
      expect(outage.holds()).toBe(false)
      const log = silentLog()
      const failed = vi.spyOn(log, 'error')
      await createBacklogReader(world.engine, log).readAll()
      expect(failed.mock.calls).toEqual([])
      await world.settle()
    },
  }
}

const rows = (dedupKey: string) =>
  world.read((scope) =>
    scope.query<{ state: string; count: number; title: string; pages: number }>(
      sql`select state, count::int as count, title, (select count(*)::int from pages where group_id = alerts.group_id) as pages
        from alerts where dedup_key = ${dedupKey} order by first_at, id`,
    ),
  )

describe('the end of an alert that another node took in before its beginning is read', () => {
  test('ends it: nobody is paged for what was over', async () => {
    one.cutOff()
    await one.send('trigger', 'begun apart')
    await two.send('resolve', 'begun apart')
    await one.comesBack()
    expect(await rows('begun apart')).toMatchObject([{ state: 'resolved', count: 1, pages: 0 }])
  })

  test('ends it also when both were kept in files, and the end is handed over first', async () => {
    one.cutOff()
    two.cutOff()
    await one.send('trigger', 'both apart')
    await one.send('trigger', 'both apart')
    await two.send('resolve', 'both apart')
    await two.comesBack()
    await one.comesBack()
    expect(await rows('both apart')).toMatchObject([{ state: 'resolved', count: 2, pages: 0 }])
  })

  test('and what fires after it, in whichever file, is open', async () => {
    one.cutOff()
    two.cutOff()
    await one.send('trigger', 'again')
    await two.send('resolve', 'again')
    await one.send('trigger', 'again')
    await two.comesBack()
    await one.comesBack()
    expect(await rows('again')).toMatchObject([
      { state: 'resolved', count: 1, pages: 0 },
      { state: 'triggered', count: 1, pages: 1 },
    ])
  })
})

test('an end that is kept behind an earlier one ends what another node had heard firing between them', async () => {
  one.cutOff()
  two.cutOff()
  await one.send('trigger', 'twice')
  await one.send('resolve', 'twice')
  await two.send('trigger', 'twice')
  await one.send('resolve', 'twice')
  await one.comesBack()
  await two.comesBack()
  expect(await rows('twice')).toMatchObject([
    { state: 'resolved', count: 1, pages: 0 },
    { state: 'resolved', count: 1, pages: 0 },
  ])
})

test('what a source said before an alert began anew acknowledges nothing of it, and what it said since does', async () => {
  one.cutOff()
  await one.send('trigger', 'again')
  await one.send('acknowledge', 'again')
  for (const action of ['resolve', 'trigger'] as const) await two.send(action, 'again')
  await two.send('trigger', 'the same')
  await one.send('acknowledge', 'the same')
  await two.send('trigger', 'the same')
  await one.comesBack()
  expect((await rows('again')).at(-1)).toMatchObject({ state: 'triggered', pages: 1 })
  expect(await rows('the same')).toMatchObject([{ state: 'acknowledged', count: 2 }])
})

test('what ran out by its own time goes on when another node had heard so in time', async () => {
  const soon = () => ({ endsAt: addSeconds(world.clock.now(), 60) })
  const later = () => ({ endsAt: addSeconds(world.clock.now(), 3600) })
  one.cutOff()
  await one.send('trigger', 'ran out', later())
  await two.send('trigger', 'ran out', soon())
  await two.send('trigger', 'goes on', soon())
  await one.send('trigger', 'goes on', later())
  world.clock.set(addSeconds(world.clock.now(), 90))
  await world.engine.transact(system('test'), (context) => endExpired.run(context))
  for (const key of ['ran out', 'goes on']) expect(await rows(key)).toMatchObject([{ state: 'resolved' }])
  await one.comesBack()
  expect(await rows('ran out')).toMatchObject([{ state: 'resolved', count: 2 }])
  expect(await rows('goes on')).toMatchObject([
    { state: 'resolved', count: 1 },
    { state: 'triggered', count: 1, pages: 1 },
  ])
})

test('what its source repeats with an end a little later each time, as Prometheus does, goes on through an outage, and is whose it was', async () => {
  const inAWhile = () => ({ endsAt: addSeconds(world.clock.now(), 240) })
  await one.send('trigger', 'repeated', inAWhile())
  await one.send('acknowledge', 'repeated')
  one.cutOff()
  for (let minute = 0; minute < 10; minute++) {
    world.clock.set(addSeconds(world.clock.now(), 60))
    await one.send('trigger', 'repeated', inAWhile())
    if (minute < 3) await one.send('trigger', 'gone', inAWhile())
    if (minute > 2) await one.send('trigger', 'begun', inAWhile())
  }
  await one.comesBack()
  expect(await rows('repeated')).toMatchObject([{ state: 'acknowledged', count: 11 }])
  expect(await rows('begun')).toMatchObject([{ state: 'triggered', count: 7, pages: 1 }])
  expect(await rows('gone')).toMatchObject([{ state: 'resolved', count: 3, pages: 0 }])
})

test('an end that is said again, by a clock that goes ahead of ours, is read like any other', async () => {
  one.cutOff()
  const extent = { startedAt: world.clock.now(), endsAt: addSeconds(world.clock.now(), 30) }
  await one.send('trigger', 'ahead', { startedAt: extent.startedAt })
  for (const _ of [1, 2]) await one.send('resolve', 'ahead', extent)
  await one.send('trigger', 'beside')
  world.clock.set(addSeconds(world.clock.now(), 60))
  await one.comesBack()
  expect(await rows('ahead')).toMatchObject([{ state: 'resolved', count: 1, pages: 0 }])
  expect(await rows('beside')).toMatchObject([{ state: 'triggered', count: 1, pages: 1 }])
})

test('a repetition that is read when a person or its source has ended the alert is counted, and opens nothing', async () => {
  await two.send('trigger', 'known')
  one.cutOff()
  await one.send('trigger', 'known')
  await two.send('resolve', 'known')
  await one.comesBack()
  expect(await rows('known')).toMatchObject([{ state: 'resolved', count: 2 }])
})

test('an end that is read when the alert has fired again ends nothing', async () => {
  await two.send('trigger', 'flapping')
  one.cutOff()
  await one.send('resolve', 'flapping')
  await two.send('trigger', 'flapping', { title: 'It is back' })
  await one.comesBack()
  expect(await rows('flapping')).toMatchObject([{ state: 'triggered', title: 'It is back' }])
})

test('what is read late does not overwrite what was said after it', async () => {
  one.cutOff()
  await one.send('trigger', 'worse', { title: 'It begins', severity: 'warning' })
  await two.send('trigger', 'worse', { title: 'It is bad', severity: 'critical' })
  await one.comesBack()
  expect(await rows('worse')).toMatchObject([{ state: 'triggered', count: 2, title: 'It is bad', pages: 1 }])
})

test('an end that comes while its beginning is being read waits for it', async () => {
  one.cutOff()
  await one.send('trigger', 'at once')
  const both = Promise.all([one.comesBack(), two.send('resolve', 'at once')])
  await both
  await createBacklogReader(world.engine, silentLog()).readAll()
  expect(await rows('at once')).toMatchObject([{ state: 'resolved' }])
})

test('a commit that the database does late says when it came, and its end, which came before that, ends it', async () => {
  const wakeUp = one.delay()
  await one.send('trigger', 'in doubt')
  world.clock.set(addSeconds(world.clock.now(), 10))
  await two.send('resolve', 'in doubt')
  world.clock.set(addSeconds(world.clock.now(), 10))
  await wakeUp()
  await one.comesBack()
  expect(await rows('in doubt')).toMatchObject([{ state: 'resolved', count: 1, pages: 0 }])
})
