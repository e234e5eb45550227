// Two people who ask for the same at the same moment: on a server both are in a transaction then.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'

describe.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('at the same moment', () => {
  let world: World
  let admin: Actor
  beforeAll(async () => {
    world = await createWorld(catalogueOf([directory]))
    admin = await world.person('ada', 'administrator')
  })
  afterAll(() => world.close())

  test.each([
    ['a team', addTeam],
    ['a service', addService],
  ])('of those who add %s one does, and the others hear that it is there', async (_, command) => {
    // So that none of them waits for a connection to be made.
    await Promise.all(Array.from({ length: 5 }, () => world.engine.database.transaction((tx) => tx.query(sql`select pg_sleep(0.1)`))))
    const all = Array.from({ length: 5 }, () => world.do(admin, command as typeof addTeam, { slug: 'payments', name: 'Payments' }))
    const ended = await Promise.allSettled(all)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = ended.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []))
    expect(refused).toEqual(Array.from({ length: 4 }, () => 'refused'))
  })
})
