// Whoever alters the record in the database is found out, and the place is named.
import { afterAll, beforeEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineEvent, defineSlice } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { linkHash, verifyChain, type Link } from './chain.ts'
import { verifyStream } from './read.ts'

const noted = defineEvent({
  type: 'note.noted',
  version: 1,
  data: z.object({ book: z.string(), text: z.string() }),
  about: ({ book }) => ({ book }),
  sentence: ({ data }) => data.text,
})
let world: World
let book = ''
let books = 0

beforeAll(async () => void (world = await createWorld(catalogueOf([defineSlice({ name: 'notes', operations: {}, events: { noted } })]))))
afterAll(() => world.close())
beforeEach(async () => {
  book = `book ${++books}`
  for (const texts of [['one', 'two'], ['three'], ['four', 'ümlaut and "quotes"']])
    await world.engine.transact(system('test'), async ({ emit }) => {
      for (const text of texts) await emit(noted, { book, text })
    })
})
const tamper = (...statements: Sql[]) =>
  world.engine.database.transaction(async (tx) => {
    for (const statement of statements) await tx.query(statement)
  })
const verdict = () => world.read((scope) => verifyStream(scope, book))

describe('the chain of a stream', () => {
  test('verifies from its first entry to its head, whatever was written', async () => {
    expect(await verdict()).toMatchObject({ intact: true, length: 5, head: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  test.each<[string, () => Sql[], number, RegExp]>([
    [
      'a changed content',
      () => [sql`update events set data = '{"book":"x","text":"never happened"}'::json where stream = ${book} and sequence = 2`],
      2,
      /entry 2 was altered/,
    ],
    [
      'a changed time',
      () => [sql`update events set at = at + interval '1 millisecond' where stream = ${book} and sequence = 3`],
      3,
      /entry 3 was altered/,
    ],
    [
      'a changed actor',
      () => [sql`update events set actor = 'usr_other' where stream = ${book} and sequence = 1`],
      1,
      /entry 1 was altered/,
    ],
    [
      'a changed subject',
      () => [sql`update events set about = '{"book":"other"}'::json where stream = ${book} and sequence = 4`],
      4,
      /entry 4 was altered/,
    ],
    [
      'a changed type',
      () => [sql`update events set type = 'note.praised' where stream = ${book} and sequence = 5`],
      5,
      /entry 5 was altered/,
    ],
    ['a deleted entry', () => [sql`delete from events where stream = ${book} and sequence = 2`], 2, /entry 2 is missing/],
    [
      'a deleted entry whose hole was closed',
      () => [
        sql`delete from events where stream = ${book} and sequence = 2`,
        sql`update events set sequence = sequence - 1 where stream = ${book} and sequence > 2`,
      ],
      2,
      /entry 2 was altered, or does not belong after 1/,
    ],
    [
      'an inserted entry',
      () => [
        sql`update events set sequence = sequence + 100 where stream = ${book} and sequence > 2`,
        sql`update events set sequence = sequence - 99 where stream = ${book} and sequence > 100`,
        sql`insert into events (stream, sequence, type, version, at, actor, subject, about, data, salt, hash)
        select stream, 3, type, version, at, actor, subject, about, data, salt, hash from events where stream = ${book} and sequence = 2`,
      ],
      3,
      /entry 3 was altered/,
    ],
    [
      'two entries that were swapped',
      () => [
        sql`update events set sequence = 0 where stream = ${book} and sequence = 2`,
        sql`update events set sequence = 2 where stream = ${book} and sequence = 3`,
        sql`update events set sequence = 3 where stream = ${book} and sequence = 0`,
      ],
      2,
      /entry 2 was altered, or does not belong after 1/,
    ],
    ['a first entry that was cut off', () => [sql`delete from events where stream = ${book} and sequence = 1`], 1, /entry 1 is missing/],
  ])('%s is found and named', async (_, statements, sequence, reason) => {
    await tamper(...statements())
    expect(await verdict()).toMatchObject({ intact: false, sequence, reason: expect.stringMatching(reason) })
  })

  test('a changed entry is found although its own hash was computed anew, for the next one does not fit', async () => {
    await tamper(sql`update events set data = '{"book":"x","text":"forged"}'::json where stream = ${book} and sequence = 2`)
    const rows = await world.read((scope) =>
      scope.query<Link & { hash: Uint8Array }>(sql`
      select sequence, type, version, at, actor, about::text as "aboutText", data::text as "dataText", salt, hash from events where stream = ${book} order by sequence`),
    )
    const forged = linkHash(rows[0]!.hash, rows[1]!)
    await tamper(sql`update events set hash = decode(${forged.toString('hex')}, 'hex') where stream = ${book} and sequence = 2`)
    expect(await verdict()).toMatchObject({ intact: false, sequence: 3 })
  })

  test('a cut-off end shows only in the head, which is why heads go out', async () => {
    const before = await verdict()
    await tamper(sql`delete from events where stream = ${book} and sequence = 5`)
    const after = await verdict()
    expect(after).toMatchObject({ intact: true, length: 4 })
    expect((after as { head: string }).head).not.toBe((before as { head: string }).head)
  })

  test('what one transaction says of many things stands in its order, and each thing has its own chain', async () => {
    const names = ['a', 'b', 'a', 'c', 'b', 'a', 'a'].map((name) => `${book}\n"${name}"`)
    for (let turn = 0; turn < 2; turn++)
      await world.engine.transact(system('test'), async ({ emit }) => {
        for (const [index, name] of names.entries()) await emit(noted, { book: name, text: `\\u0041 ${index} 支🔥\r\n` })
      })
    const written = await world.read((scope) =>
      scope.query<{ stream: string }>(sql`select stream from events where stream = any(${names}::text[]) order by position`),
    )
    expect(written.map(({ stream }) => stream)).toEqual([...names, ...names])
    for (const [name, length] of [
      [0, 8],
      [1, 4],
      [3, 2],
    ] as const)
      expect(await world.read((scope) => verifyStream(scope, names[name]!))).toMatchObject({ intact: true, length })
  })

  test('concurrent writers leave no hole and no fork', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        world.engine.transact(system('test'), ({ emit }) => emit(noted, { book, text: `at once ${index}` })),
      ),
    )
    expect(await verdict()).toMatchObject({ intact: true, length: 13 })
  })
})

test('the hash covers the salt, so that erased content cannot be guessed from it', () => {
  const link: Link = {
    sequence: 1,
    type: 'a',
    version: 1,
    at: instant(0),
    actor: 'b',
    aboutText: '{}',
    dataText: '{}',
    salt: new Uint8Array(16),
  }
  const other = linkHash(new Uint8Array(), { ...link, salt: new Uint8Array(16).fill(1) })
  expect(linkHash(new Uint8Array(), link).equals(other)).toBe(false)
  expect(verifyChain([])).toMatchObject({ intact: true, length: 0 })
})
