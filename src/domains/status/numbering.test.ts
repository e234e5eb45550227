import { afterAll, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { declareIncident, incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { status } from './index.ts'
import { publishUpdate } from './updates.ts'

const world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]))
afterAll(() => world.close())

test('an update that was begun before the one that it waited for does not keep the next from being published', async () => {
  const admin = await world.person('ada', 'administrator')
  const incident = String((await world.do(admin, declareIncident, { title: 'Search is slow', severity: 'SEV3' })).number)
  const publish = (text: string) => world.do(admin, publishUpdate, { incident, text })
  await publish('We look at it.')
  const waited = await publish('We have found it.')
  await world.engine.database.transaction((tx) =>
    tx.query(sql`update updates set created_at = created_at - interval '20 milliseconds' where id = ${waited.id}`),
  )
  expect((await publish('It is over.')).number).toBe(3)
})
