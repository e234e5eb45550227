// What is signed of the record goes out with the log, each head once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { createLog } from '#platform/log.ts'
import { record } from '#platform/record/slice.ts'
import { createHeadsLog } from './heads-log.ts'

let world: World
beforeAll(async () => void (world = await createWorld(catalogueOf([record, directory]))))
afterAll(() => world.close())

test('the newest signed head at first, then each that follows, with all that proves it', async () => {
  const lines: { level: number; head: Record<string, unknown> }[] = []
  const look = createHeadsLog(
    world.engine,
    createLog('info', { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) }),
  )
  const sign = async () => {
    await world.person(`p${world.clock.now().slice(11, 13)}`)
    await world.engine.transact(system('test'), (context) =>
      record.recurring!.find(({ name }) => name === 'record.sign-heads')!.run(context),
    )
    await world.pass('1 h')
  }
  await look()
  expect(lines).toEqual([])
  for (let n = 0; n < 2; n++) await sign()
  await look()
  await look()
  expect(lines).toHaveLength(1)
  for (let n = 0; n < 2; n++) await sign()
  await look()
  expect(lines.map(({ level, head }) => [level, head['entries']])).toEqual([
    [30, 2],
    [30, 3],
    [30, 4],
  ])
  const ada = await world.person('ada', 'administrator')
  const { items } = await world.do(ada, record.operations.listHeads, {})
  expect(lines.map(({ head }) => head)).toEqual(items.slice(0, 3).reverse())
  expect(lines[0]!.head['signature']).toMatch(/^[\w-]{24}$/)
})
