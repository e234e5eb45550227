// What is stored is read as the instant that it is, whatever zone the server is set to: a row that cannot be read would take every list with it.
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import type { Database } from './database.ts'
import { embedded } from './embedded.ts'

describe.each(['UTC', 'Europe/Berlin', 'America/New_York'])('where the server is set to %s', (zone) => {
  let database: Database
  beforeAll(async () => {
    const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB', '-c', `timezone=${zone}`]
    const pglite = await PGlite.create({ startParams } as never)
    database = embedded(pglite, () => undefined)
  })
  afterAll(() => database.close())

  test.each([
    ['2026-11-24T15:14:48.500Z', '2026-11-24T15:14:48.500Z'],
    ['2026-07-01T00:00:00.001Z', '2026-07-01T00:00:00.001Z'],
    // As its zone was by the sun.
    ['1800-01-01T00:00:00.000Z', '1800-01-01T00:00:00.000Z'],
    ['0050-06-01T12:30:00.250Z', '0050-06-01T12:30:00.250Z'],
    ['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['10000-06-01 00:00:00Z', '9999-12-31T23:59:59.999Z'],
    ['infinity', '9999-12-31T23:59:59.999Z'],
    ['0044-03-15 12:00:00+00 BC', '0001-01-01T00:00:00.000Z'],
  ])('%s is read as %s', async (stored, expected) => {
    const read = await database.transaction((tx) =>
      tx.query<{ at: string; written: string }>(
        sql`select ${stored}::timestamptz as at, (select json_agg(row)::text from (select '1800-01-01T00:00:00Z'::timestamptz as at) as row) as written`,
      ),
    )
    expect(read).toEqual([{ at: expected, written: '[{"at":"1800-01-01T00:00:00+00:00"}]' }])
  })
})
