// ADR 13: what finds by key has an index to find by. `npm test` notes the statements that the product sends in all other tests (TEST_STATEMENTS), and then
// this asks a PostgreSQL whose tables are empty, as when such a plan is made and kept, how it would find their rows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { openPostgres } from '#platform/database/postgres.ts'
import { findByKey } from '#platform/database/protocol.ts'
import type { Noted } from '#scenarios/world/noted.ts'
import { ownDatabase } from '#scenarios/world/own-database.ts'
import { isForTests } from '../check/rule.ts'
import { readSources } from '../check/sources.ts'
import { allowed, few, readsAll, short, unsent } from './allowed.ts'
import { removedFrom, unfoundNames } from './names.ts'
import { inOneLine, isOf, statementsIn } from './statements.ts'
import { isPlanned, walksOf } from './walks.ts'

const server = process.env['TEST_DATABASE_URL']
const folder = process.env['TEST_STATEMENTS']

describe.skipIf(server === undefined)('the plan of a statement that finds by key', () => {
  let own: Awaited<ReturnType<typeof ownDatabase>>
  let client: pg.Client
  beforeAll(async () => {
    own = await ownDatabase(server!)
    const database = openPostgres(own.url, { poolSize: 1, onError: () => undefined })
    await migrate(database, readMigrations(fileURLToPath(new URL('../../migrations', import.meta.url))))
    await database.close()
    client = new pg.Client({ connectionString: own.url })
    await client.connect()
    findByKey(client)
  })
  afterAll(async () => {
    await client?.end()
    await own.drop()
  })

  test.each([
    ['by its key', 'select title from alerts where id = $1', []],
    ['by what no index holds', 'select id from alerts where title = $1', ['alerts']],
    ['to be changed, by what no index holds', 'update pages set reason = $1 where title = $2', ['pages']],
    ['along a whole index', 'select id from alerts order by id', ['alerts']],
    ['along an index until there are enough', 'select id from alerts order by id limit $1', []],
    ['along an index past those that do not fit', 'select id from alerts where title = $2 order by id limit $1', ['alerts']],
    [
      'for each of another table, by what no index holds',
      'select 1 from alerts join pages on pages.title = alerts.title where alerts.id = $1',
      ['pages'],
    ],
    ['if there is one, which may be answered from all of them', 'select $1 = any(select title from pages)', ['pages']],
    ['in a small table', 'select slug from routes order by position', []],
    [
      'beside a small table that is read wholly',
      'select title from alerts where id = $1 and team_id in (select definition::text from routes)',
      ['routes'],
    ],
  ])('%s', async (_, text, expected) => {
    const values = new Set(text.match(/\$\d/g)).size
    expect((await walksOf(client, text, values)).map(({ table }) => table)).toEqual(expected)
  })

  test.each([
    ['what an index holds', 'teams', 'create table told (team_id text references teams (id)); create index on told (team_id)', []],
    [
      'what an index holds that leaves out rows that name nothing',
      'teams',
      'create table told (team_id text references teams (id)); create index on told (team_id) where team_id is not null',
      [],
    ],
    [
      'what an index of some rows holds',
      'teams',
      'create table told (team_id text references teams (id), at date); create index on told (team_id) where at is null',
      [{ table: 'told', column: 'team_id', names: 'teams' }],
    ],
    [
      'what names something that goes with it',
      'services',
      `create table told (id int primary key, service_id text references services (id) on delete cascade); create index on told (service_id);
       create table heard (told_id int references told (id))`,
      [{ table: 'heard', column: 'told_id', names: 'told' }],
    ],
  ])('before something is removed, by %s', async (_, from, tables, expected) => {
    await client.query(`begin; ${tables}`)
    const found = await unfoundNames(
      client,
      removedFrom([`with gone as (delete from ${from} where id = $1 returning id) select id from gone`]),
    )
    await client.query('rollback')
    expect(found.filter(({ table }) => !(table in few))).toEqual(expected)
  })

  test.skipIf(folder === undefined)('is known of whatever stands in the sources, for a test sends it', () => {
    const sent = notedIn(folder!).map(({ text }) => inOneLine(text))
    const written = readSources()
      .filter(({ path }) => path.startsWith('src/') && !isForTests(path))
      .flatMap(statementsIn)
    const unknown = written.filter((statement) => !sent.some((text) => isOf(statement, text)))
    const isExcused = ({ place, parts }: (typeof written)[number], one: (typeof unsent)[number]) =>
      place.startsWith(one.place) && one.text.test(parts.join(' '))
    expect(
      unknown
        .filter((statement) => !unsent.some((one) => isExcused(statement, one)))
        .map(({ place, parts }) => `${place} ${parts.join('…')}`),
    ).toEqual([])
    expect(unsent.filter((one) => !unknown.some((statement) => isExcused(statement, one)))).toEqual([])
  })

  test.skipIf(folder === undefined)('leads to whatever names what is removed', async () => {
    const unfound = await unfoundNames(client, removedFrom(notedIn(folder!).map(({ text }) => text)))
    expect(unfound.filter(({ table }) => !(table in few))).toEqual([])
  })

  test.skipIf(folder === undefined)('leads to its rows, whichever the product sends, and nothing is allowed in vain', async () => {
    const unused = new Set<unknown>([...Object.keys(few), ...Object.keys(short), ...allowed])
    const findings: string[] = []
    for (const noted of notedIn(folder!)) {
      const { text, values, place } = noted
      if (noted.looksThrough || readsAll(noted) || !isPlanned(text)) continue
      const spoken = text.replace(/\s+/g, ' ').trim()
      for (const { table, index, beside } of await walksOf(client, text, values, (one) => unused.delete(one))) {
        const allowance = allowed.find((one) => one.table === table && place.startsWith(`${one.place}:`) && one.text.test(spoken))
        unused.delete(allowance)
        const how = `${index === undefined ? 'all of it' : `all of its index ${index}`}${beside === undefined ? '' : `, beside ${beside}`}`
        if (!allowance) findings.push(`${place} reads ${table}, ${how}: ${spoken}`)
      }
    }
    expect(findings).toEqual([])
    expect([...unused]).toEqual([])
  })
})

/** Each statement once. */
function notedIn(place: string): Noted[] {
  const lines = readdirSync(place).flatMap((file) => readFileSync(join(place, file), 'utf8').trimEnd().split('\n'))
  const all = lines.map((line) => JSON.parse(line) as Noted)
  return [...new Map(all.map((noted) => [`${noted.looksThrough} ${noted.text}`, noted])).values()]
}
