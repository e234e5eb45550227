import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { countByQuarter, positionBefore } from './read.ts'

const begin = instant('2026-11-01T00:00:00Z')
const many = 6000
let world: World
// One a minute, each seventh of which says that it was ten minutes earlier.
beforeAll(async () => {
  world = await createWorld(catalogueOf([]))
  await world.engine.database.transaction((tx) =>
    tx.query(sql`insert into events (stream, sequence, type, version, at, actor, subject, about, data, salt, hash)
      select 'a stream', n, 'a.thing', 1, ${begin}::timestamptz + make_interval(mins => n::int - case when n % 7 = 0 then 10 else 0 end),
        'system:test', 'a subject', '{}', json_build_object('of', case when n % 2 = 0 then 'even' end), '\\x00', '\\x00' from generate_series(1, ${many}::int) n`),
  )
})
afterAll(() => world.close())

test('up to the position before a moment all was earlier, and not much of it lies behind', async () => {
  await world.read(async (scope) => {
    for (const minutes of [-5, 0, 1, 700, 3000, 5999, 7000]) {
      const moment = addSeconds(begin, minutes * 60)
      const position = await positionBefore(scope, moment)
      const [row] = await scope.query<{ wrong: number; inVain: number }>(sql`select
        count(*) filter (where position <= ${position} and at >= ${moment}) as wrong,
        count(*) filter (where position > ${position} and at < ${moment}) as "inVain" from events`)
      expect([minutes, row!.wrong]).toEqual([minutes, 0])
      expect(row!.inVain, `${minutes} min`).toBeLessThan(1200)
    }
  })
})

test('events are counted by their quarter of an hour and a key', async () => {
  const counts = await world.read((scope) =>
    countByQuarter(scope, sql`at >= ${addSeconds(begin, 900)} and at < ${addSeconds(begin, 2700)}`, sql`data ->> 'of'`),
  )
  const every = await world.read((scope) =>
    scope.query<{ at: string; of: string | null }>(
      sql`select at, data ->> 'of' as of from events where at >= ${addSeconds(begin, 900)} and at < ${addSeconds(begin, 2700)}`,
    ),
  )
  const quarterOf = (at: string) => addSeconds(begin, Math.floor((Date.parse(at) - Date.parse(begin)) / 900_000) * 900)
  const expected = [...Map.groupBy(every, ({ at, of }) => `${quarterOf(at)} ${of}`)].map(([where, some]) => `${where} ${some.length}`)
  expect(expected).toHaveLength(4)
  expect(new Set(counts.map(({ at, key, count }) => `${at} ${key} ${count}`))).toEqual(new Set(expected))
})
