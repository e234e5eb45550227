// Whoever writes to the database directly is found out: by the chain what was altered in place, by the signed heads what was cut off or written anew.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineEvent, defineSlice } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { linkHash, type Link } from '../events/chain.ts'
import { createSigner } from '../secrets/vault.ts'
import { readHeads } from './heads-store.ts'
import { headsFault, signHeads, type HeadList } from './heads.ts'
import { record } from './slice.ts'
import { verifyWholeRecord } from './verify.ts'

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
let saved: HeadList

beforeAll(
  async () => void (world = await createWorld(catalogueOf([record, defineSlice({ name: 'notes', operations: {}, events: { noted } })]))),
)
afterAll(() => world.close())
beforeEach(async () => {
  await tamper(sql`delete from events`, sql`delete from record_heads`)
  book = `book ${++books}`
  await write(book, 5)
  await write('other', 2)
  saved = signHeads(await world.read(readHeads), world.clock.now(), world.engine.signer)
})

const write = async (stream: string, count: number) => {
  for (let entry = 1; entry <= count; entry++)
    await world.engine.transact(system('test'), ({ emit }) => emit(noted, { book: stream, text: `entry ${entry}` }))
}
const tamper = (...statements: Sql[]) =>
  world.engine.database.transaction(async (tx) => {
    for (const statement of statements) await tx.query(statement)
  })
const verify = (against?: HeadList) => verifyWholeRecord(world.read, world.engine.signer, against)
const at = (sequence: number) => sql`stream = ${book} and sequence = ${sequence}`

/** What a forger does who knows the code and owns the database, salts and all: every hash of the stream from `from` on, computed anew. */
async function rehash(from: number): Promise<void> {
  const rows = await world.read((scope) =>
    scope.query<
      Link & { hash: Uint8Array }
    >(sql`select sequence, type, version, at, actor, about::text as "aboutText", data::text as "dataText",
      salt, hash from events where stream = ${book} order by sequence`),
  )
  let previous: Uint8Array = rows[from - 2]?.hash ?? new Uint8Array()
  for (const row of rows.slice(from - 1)) {
    const hash = linkHash(previous, row)
    await tamper(sql`update events set hash = decode(${hash.toString('hex')}, 'hex') where ${at(row.sequence)}`)
    previous = hash
  }
}
const forged = sql`data = '{"book":"x","text":"never happened"}'::json`

describe('by its chain alone is found', () => {
  test.each<[string, () => Promise<unknown>, number, RegExp]>([
    ['an altered content', () => tamper(sql`update events set ${forged} where ${at(2)}`), 2, /entry 2 was altered/],
    ['an altered time', () => tamper(sql`update events set at = at - interval '1 hour' where ${at(3)}`), 3, /entry 3 was altered/],
    ['an altered actor', () => tamper(sql`update events set actor = 'usr_other' where ${at(1)}`), 1, /entry 1 was altered/],
    ['a salt that was taken away', () => tamper(sql`update events set salt = ''::bytea where ${at(4)}`), 4, /entry 4 was altered/],
    ['a deleted entry', () => tamper(sql`delete from events where ${at(3)}`), 3, /entry 3 is missing: the next one is 4/],
    [
      'an inserted entry',
      () =>
        tamper(
          sql`update events set sequence = sequence + 100 where stream = ${book} and sequence > 2`,
          sql`update events set sequence = sequence - 99 where stream = ${book} and sequence > 100`,
          sql`insert into events (stream, sequence, type, version, at, actor, subject, about, data, salt, hash)
            select stream, 3, type, version, at, actor, subject, about, data, salt, hash from events where ${at(2)}`,
        ),
      3,
      /entry 3 was altered, or does not belong after 2/,
    ],
    [
      'two that changed places',
      () =>
        tamper(
          sql`update events set sequence = 0 where ${at(3)}`,
          sql`update events set sequence = 3 where ${at(4)}`,
          sql`update events set sequence = 4 where ${at(0)}`,
        ),
      3,
      /entry 3 was altered, or does not belong after 2/,
    ],
    [
      'an end that was taken from another stream (a fork)',
      () => tamper(sql`delete from events where ${at(2)}`, sql`update events set stream = ${book} where stream = 'other' and sequence = 2`),
      2,
      /entry 2 was altered, or does not belong after 1/,
    ],
    [
      'a forgery that was hashed anew up to before the last entry',
      async () => {
        await tamper(sql`update events set ${forged} where ${at(2)}`)
        const [last] = await world.read((scope) =>
          scope.query<{ hash: string }>(sql`select encode(hash, 'hex') as hash from events where ${at(5)}`),
        )
        await rehash(2)
        await tamper(sql`update events set hash = decode(${last!.hash}, 'hex') where ${at(5)}`)
      },
      5,
      /entry 5 was altered/,
    ],
  ])('%s', async (_, attack, sequence, reason) => {
    await attack()
    const { broken } = await verify()
    expect(broken.find(({ stream }) => stream === book)).toEqual({ stream: book, sequence, reason: expect.stringMatching(reason) })
  })
})

describe('by a list of heads that was saved elsewhere is found what no chain can show', () => {
  test.each<[string, () => Promise<unknown>, number, RegExp]>([
    [
      'a last entry that was cut off',
      () => tamper(sql`delete from events where ${at(5)}`),
      5,
      /end was cut off: .* had 5 entries, now it ends with entry 4/,
    ],
    ['three last entries', () => tamper(sql`delete from events where stream = ${book} and sequence > 2`), 3, /now it ends with entry 2/],
    ['a whole stream', () => tamper(sql`delete from events where stream = ${book}`), 1, /all 5 entries .* are gone/],
    [
      'a forgery with all that follows hashed anew by the salts of the database',
      async () => (await tamper(sql`update events set ${forged} where ${at(2)}`), rehash(2)),
      5,
      /written anew: entry 5 is not the one that was there/,
    ],
    [
      'a cut-off end in whose place others were written',
      async () => (await tamper(sql`delete from events where stream = ${book} and sequence > 3`), write(book, 4)),
      5,
      /written anew/,
    ],
  ])('%s', async (_, attack, sequence, reason) => {
    await attack()
    expect((await verify()).broken).toEqual([])
    expect((await verify(saved)).broken).toEqual([{ stream: book, sequence, reason: expect.stringMatching(reason) }])
  })

  test('and what was only continued fits', async () => {
    await write(book, 3)
    await write('new', 1)
    expect(await verify(saved)).toMatchObject({ chains: 3, entries: 11, lists: 1, broken: [] })
  })

  test('and a list that somebody wrote or altered is refused', async () => {
    await tamper(sql`delete from events where ${at(5)}`)
    const withoutLast = saved.heads.map((head) => (head.stream === book ? { ...head, count: 4 } : head))
    expect(headsFault({ ...saved, heads: withoutLast }, world.engine.signer)).toMatch(/altered/)
    const forger = createSigner([Buffer.alloc(32, 1)])
    expect(headsFault(signHeads(saved.heads, saved.at, forger), world.engine.signer)).toMatch(/not signed by this installation/)
    expect(headsFault(saved, world.engine.signer)).toBeUndefined()
  })
})

describe('the heads that are signed every six hours', () => {
  const signed = async () => {
    await world.engine.transact(system('test'), (context) =>
      record.recurring!.find(({ name }) => name === 'record.sign-heads')!.run(context),
    )
  }

  test('find a cut-off end without any file, although later ones were signed after it', async () => {
    await signed()
    await tamper(sql`delete from events where ${at(5)}`)
    await signed()
    expect((await verify()).broken).toEqual([{ stream: book, sequence: 5, reason: expect.stringMatching(/cut off/) }])
  })

  test('cannot be made to fit by whoever owns the database but not the key', async () => {
    await signed()
    await tamper(sql`delete from events where ${at(5)}`, sql`update record_heads set heads = '[]'::json`)
    expect((await verify()).broken).toEqual([
      { stream: expect.stringMatching(/^heads of /), sequence: 0, reason: expect.stringMatching(/was altered/) },
    ])
  })

  test('are shown to who may audit, and kept for a while: lists a week, digests longer', async () => {
    await signed()
    const before = world.clock.now()
    await world.pass('8 d')
    await signed()
    const rows = await world.read((scope) =>
      scope.query<{ at: string; has: boolean }>(sql`select at, heads is not null as has from record_heads order by id`),
    )
    expect(rows.find((row) => row.at === before)).toMatchObject({ has: false })
    expect(rows.at(-1)).toMatchObject({ has: true })
    const ada = await world.person('ada', 'administrator')
    const { items } = await world.do(ada, record.operations.listHeads, {})
    expect(items.at(-1)).toMatchObject({ at: before, streams: 2, entries: 7, signature: expect.stringMatching(/^[\w-]{24}$/) })
    const stan = await world.person('stan', 'stakeholder')
    await expect(world.do(stan, record.operations.listHeads, {})).rejects.toMatchObject({ code: 'forbidden' })
  })
})
