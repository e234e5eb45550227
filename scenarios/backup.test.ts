// A back-up of an organisation that has lived through an afternoon, restored from every kind of database into every kind, and files that must be refused.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { instant } from '#kernel/time.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { writeWhole } from '#app/cli/backup.ts'
import { verdictOn } from '#app/cli/restore.ts'
import { playToNow } from '#app/demo/now.ts'
import { setUp } from '#app/demo/seed.ts'
import { createStage } from '#app/demo/stage.ts'
import { migrationsFolder } from '#app/node.ts'
import { judgeHeader, loadBackup } from '#platform/backup/load.ts'
import { openBackup } from '#platform/backup/read.ts'
import { backedUpTables } from '#platform/backup/tables.ts'
import { writeBackup } from '#platform/backup/write.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Database, Transaction } from '#platform/database/database.ts'
import { migrate, readMigrations } from '#platform/database/migrate.ts'
import { readQuiet } from '#platform/installation/quiet.ts'
import { keyIds, presentKeys } from '#platform/secrets/vault.ts'
import { emptyCluster, freshDatabase } from './world/database.ts'

const now = instant('2026-11-23T20:00:00Z')
const migrations = readMigrations(migrationsFolder)
const clock = { now: () => now }
let folder: string
let source: Database
let file: Buffer
let keys: string[]
/** Where it was restored to, and where it never was. */
let embedded: Database
let empty: Database
const open: Database[] = []

async function backUp(database: Database): Promise<Buffer> {
  const chunks: Buffer[] = []
  const sink = new Writable({ write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) })
  await writeBackup(database, migrations, { version: '0.1.0', now }, sink)
  return Buffer.concat(chunks)
}

async function restore(bytes: Buffer, into: Database, replace = false): Promise<number> {
  const backup = await openBackup(Readable.from([bytes]))
  judgeHeader(backup.header, migrations, '0.1.0', keys)
  return loadBackup(into, backup, { migrations, replace, now })
}

const kept = async (database: Promise<Database>): Promise<Database> => {
  open.push(await database)
  return open.at(-1)!
}
const inMemory = () => kept(emptyCluster())

/** Every row of every table as text, and where every identity goes on. */
async function contents(database: Database): Promise<Record<string, string[]>> {
  return database.transaction(async (tx) => {
    await tx.query(sql`set local timezone to 'UTC'`)
    const all: Record<string, string[]> = {}
    for (const { name, columns } of await backedUpTables(tx, migrations)) {
      const texts = columns.map((column) => `"${column.name}"::text`).join(', ')
      const rows = await tx.query<{ line: string }>(sql([`select json_build_array(${texts})::text as line from "${name}" order by 1`]))
      all[name] = rows.map(({ line }) => line)
    }
    return all
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-backup-'))
  const config = readConfig({ TOCSIN_DATA_DIR: folder })
  source = await kept(freshDatabase())
  const stage = createStage(config, source, instant('2026-11-23T08:00:00Z'), 1)
  await setUp(stage, 'a long sentence is best')
  await playToNow(stage, instant('2026-11-23T13:41:00Z'))
  keys = keyIds(presentKeys(undefined, config.secretKeyFile)!)
  file = await backUp(source)
  embedded = await inMemory()
  await restore(file, embedded)
  empty = await inMemory()
})
afterAll(async () => {
  for (const database of open) await database.close()
  rmSync(folder, { recursive: true })
})

describe('a back-up, restored', () => {
  test('is the same row by row on the embedded database, and on the kind that it came from', async () => {
    const before = await contents(source)
    expect(Object.values(before).filter((rows) => rows.length > 0).length).toBeGreaterThan(40)
    expect(await contents(embedded)).toEqual(before)
    // And back: what was restored is backed up and restored again, on PostgreSQL where these tests run there.
    const back = await kept(freshDatabase())
    await restore(await backUp(embedded), back)
    expect(await contents(back)).toEqual(before)
    expect(await back.transaction(readQuiet)).toEqual({ since: now, backupAt: now, backupVersion: '0.1.0' })
  })

  test('goes on counting where it stood', async () => {
    const next = await embedded.transaction(async (tx) => {
      const [last] = await tx.query<{ id: number }>(sql`select max(position) as id from events`)
      const [fresh] = await tx.query<{ id: number }>(sql`select nextval('events_position_seq') as id`)
      return fresh!.id - last!.id
    })
    expect(next).toBeGreaterThan(0)
  })

  test('keeps every foreign key', async () => {
    const count = sql`select count(*) as count from pg_constraint where contype = 'f'`
    const [restored, original] = [await embedded.transaction((tx) => tx.query(count)), await source.transaction((tx) => tx.query(count))]
    expect(restored).toEqual(original)
  })

  test('holds no secret in the clear, and names the key that opens those that are sealed', async () => {
    const text = gunzipSync(file).toString()
    expect(text).not.toContain((await readFile(join(folder, 'secret-key'), 'utf8')).trim())
    expect(JSON.parse(text.slice(0, text.indexOf('\n')))).toMatchObject({ tocsin: 'backup', format: 1, keys, database: source.kind })
  })

  test('seals only into columns that are called so, for these name the keys that are needed', async () => {
    const lines = gunzipSync(file).toString().split('\n')
    let columns: string[] = []
    const places = new Set<string>()
    for (const line of lines) {
      if (line.startsWith('{"table"')) columns = (JSON.parse(line) as { columns: string[] }).columns
      if (line.startsWith('['))
        (JSON.parse(line) as (string | null)[]).forEach((value, index) => value?.startsWith('v1.') && places.add(columns[index]!))
    }
    expect([...places].filter((column) => !column.endsWith('_sealed'))).toEqual([])
    expect(places.size).toBeGreaterThan(0)
  })
})

// The embedded database is backed up while nobody else has it.
test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)(
  'what is written meanwhile is not in it, and what was there is there as it was',
  async () => {
    const database = await kept(freshDatabase())
    await restore(file, database)
    const before = await contents(database)
    let writes = 0
    const goesOn = () =>
      database.transaction(async (tx) => {
        writes++
        await tx.query(sql`update users set name = ${`Somebody else ${writes}`}`)
        await tx.query(sql`delete from events where position = (select max(position) from events)`)
        await tx.query(
          sql`insert into teams (id, slug, name, created_at) values (${`tem_${writes}`}, ${`later-${writes}`}, 'Later', ${now})`,
        )
      })
    const busy: Database = {
      ...database,
      transaction: (work, options) =>
        database.transaction(
          (tx) =>
            work({
              ...tx,
              async query<Row>(statement: Sql) {
                if (statement.text.startsWith('declare')) await goesOn()
                return tx.query<Row>(statement)
              },
            }),
          options,
        ),
    }
    const bytes = await backUp(busy)
    expect(writes).toBeGreaterThan(40)
    const restored = await inMemory()
    await restore(bytes, restored)
    expect(await contents(restored)).toEqual(before)
  },
)

test('a file is its owner’s alone, and has its name only when it is whole', async () => {
  const path = join(folder, 'whole.backup')
  await writeWhole(path, (sink) => writeBackup(source, migrations, { version: '0.1.0', now }, sink))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const failing = writeWhole(join(folder, 'half.backup'), async (sink) => {
    sink.write('half')
    throw new Error('the disk is full')
  })
  await expect(failing).rejects.toThrow('the disk is full')
  expect(() => statSync(join(folder, 'half.backup'))).toThrow()
  expect(() => statSync(join(folder, 'half.backup.unfinished'))).toThrow()
})

test('it is looked at in a folder of its own, of which nothing is left', async () => {
  const place = mkdtempSync(join(folder, 'temporary-'))
  vi.stubEnv('TMPDIR', place)
  const during: string[] = []
  const bytes = Readable.from(
    (function* () {
      during.push(...readdirSync(place))
      yield file
    })(),
  )
  const { sentences } = await verdictOn(bytes, keys, clock).finally(() => vi.unstubAllEnvs())
  expect(sentences.at(-1)).toMatch(/^The record is intact: \d+ chains with \d+ entries\. This back-up can be restored\.$/)
  expect(during).toHaveLength(1)
  expect(readdirSync(place)).toEqual([])
})

const changed = (change: (text: string) => string) => gzipSync(change(gunzipSync(file).toString()))
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes)
  copy[at]! ^= 0x10
  return copy
}

describe('refused, with nothing changed:', () => {
  test.each([
    ['a file cut off in the middle', () => file.subarray(0, file.length >> 1), /^This back-up is cut off: its end is missing/],
    ['a file cut off before its last line', () => changed((text) => text.slice(0, text.lastIndexOf('{"end"'))), /^This back-up is cut off/],
    ['a flipped bit in the packed bytes', () => flipped(file, file.length >> 1), /^This back-up is (damaged|cut off)/],
    ['a changed name in a row', () => changed((text) => text.replace('Mara Lindqvist', 'Mara Lindqvisd')), /^This back-up is damaged/],
    ['a row that was taken away', () => changed((text) => text.replace(/\n\["usr_[^\n]*/, '')), /^This back-up is damaged|rows of users/],
    ['a newer form', () => changed((text) => text.replace('"format":1', '"format":2')), /in a form that this version cannot read/],
    [
      'a newer version',
      () => changed((text) => text.replace('"migrations":[', '"migrations":[{"number":99,"name":"later","hash":""},')),
      /which is newer than this one/,
    ],
    ['something else', () => gzipSync('hello\n'), /^This back-up is damaged|^This is no back-up/],
    ['a file that is not packed', () => Buffer.from('hello, this is a letter\n'), /^This is no back-up of Tocsin/],
  ])('%s', async (_, make, sentence) => {
    await expect(restore(make(), empty)).rejects.toThrow(sentence)
    expect(await empty.transaction((tx) => tx.query(sql`select relname from pg_class where relname in ('users', 'migrations')`))).toEqual(
      [],
    )
  })

  test('a file that is cut off, also when it is only verified', async () => {
    const verdict = await verdictOn(Readable.from([file.subarray(0, file.length >> 1)]), keys, clock, emptyCluster)
    expect(verdict).toEqual({
      broken: true,
      sentences: [expect.stringMatching(/^This back-up is cut off/), 'This back-up can not be restored.'],
    })
  })

  test('a key that does not open its secrets', async () => {
    const { header, parts } = await openBackup(Readable.from([file]))
    await parts.return(undefined)
    expect(() => judgeHeader(header, migrations, '0.1.0', ['00000000'])).toThrow(
      `sealed with the master key ${keys[0]}, and the key here is 00000000. Put the file secret-key`,
    )
    expect(() => judgeHeader(header, migrations, '0.1.0', [])).toThrow('there is no key here')
  })

  test('an installation that is in use, unless it is to be replaced', async () => {
    const database = await kept(freshDatabase())
    await restore(file, database)
    await database.transaction((tx) => tx.query(sql`update users set name = 'Somebody else' where handle = 'mara'`))
    const before = await contents(database)
    await expect(restore(file, database)).rejects.toThrow(/^This installation is in use: it has \d+ people/)
    await expect(restore(flipped(file, file.length - 6), database, true)).rejects.toThrow()
    expect(await contents(database)).toEqual(before)
    await restore(file, database, true)
    expect((await contents(database))['users']).toEqual((await contents(source))['users'])
  })

  test('a database on which a node runs', async () => {
    const database = await kept(freshDatabase())
    await database.transaction((tx) => tx.query(sql`insert into nodes values ('nod_1', 1, now(), now())`))
    await expect(restore(file, database)).rejects.toThrow('A node runs on this database. Stop every node, then restore.')
  })
})

// On the embedded database the second one does not get the data folder.
describe.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('two at once into one database:', () => {
  test.each([
    ['one in which nothing is', false],
    ['one in which nobody is', false],
    ['one that is replaced', true],
  ])('into %s the second is told so, and the first is whole', async (which, replace) => {
    const database = await kept(freshDatabase())
    if (replace) await restore(file, database)
    if (which === 'one in which nothing is')
      for (const what of ['drop schema public cascade', 'create schema public']) await database.transaction((tx) => tx.query(sql([what])))
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = Readable.from(
      (async function* () {
        yield file.subarray(0, file.length - 100)
        await end.promise
        yield file.subarray(file.length - 100)
      })(),
    )
    const watched: Database = {
      ...database,
      transaction: (work, options) =>
        database.transaction(
          (tx) =>
            work({
              ...tx,
              async query<Row>(statement: Sql) {
                if (statement.text.includes('overriding system value')) begun.resolve()
                return tx.query<Row>(statement)
              },
            }),
          options,
        ),
    }
    const first = loadBackup(watched, await openBackup(slow), { migrations, replace, now })
    await begun.promise
    const second = restore(file, database, replace).catch((error: unknown) => error)
    // Where it waited for the first one it would wait for good.
    setTimeout(end.resolve, 1500)
    expect(await second).toMatchObject({
      code: 'refused',
      message: 'Another restore is at work in this database. Wait until it has ended: this one has changed nothing.',
    })
    end.resolve()
    await first
    expect(await contents(database)).toEqual(await contents(embedded))
  })
})

test('a chain that was altered before is found when the back-up is verified', async () => {
  await embedded.transaction((tx) =>
    tx.query(sql`update events set actor = 'usr_other' where position = (select max(position) from events)`),
  )
  const verdict = await verdictOn(Readable.from([await backUp(embedded)]), keys, clock, emptyCluster)
  expect(verdict.broken).toBe(true)
  expect(verdict.sentences.at(-1)).toMatch(/^1 of \d+ chains of the record are broken/)
})

test('an earlier schema is restored as it was, and then brought up to date', async () => {
  const older = await inMemory()
  await migrate(older, migrations.slice(0, 12))
  await older.transaction((tx) => tx.query(sql`insert into organisation (id, name, zone) values (1, 'Fernhill', 'Europe/Berlin')`))
  await restore(await backUp(older), empty)
  const read = (tx: Transaction) =>
    tx.query(
      sql`select name, zone, (select max(number) from migrations) as newest from organisation, quiet where organisation.id = quiet.id`,
    )
  expect(await empty.transaction(read)).toEqual([{ name: 'Fernhill', zone: 'Europe/Berlin', newest: migrations.length }])
})
