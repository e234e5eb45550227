// What a transaction asks at one moment, on both databases: its answers, its failures, and what is left of it when it is over.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gather } from '#kernel/gather.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { Database, Transaction } from './database.ts'
import { openEmbedded } from './embedded.ts'
import { openPostgres } from './postgres.ts'

const server = process.env['TEST_DATABASE_URL']

describe.each([
  ['the embedded database', async () => openEmbedded(undefined), false],
  ['PostgreSQL', async () => openPostgres(server!, { poolSize: 1, onError: () => undefined }), server === undefined],
])('on %s', (_, open, skip) => {
  describe.skipIf(skip)('what is asked at one moment', () => {
    let database: Database
    beforeAll(async () => {
      database = await open()
      await database.script('drop table if exists moments; create table moments (id int primary key, word text not null, at timestamptz)')
    })
    afterAll(async () => {
      await database.script('drop table moments')
      await database.close()
    })
    const put = (tx: Transaction, id: number, word: string | null = 'word') =>
      tx.query<{ id: number }>(sql`insert into moments (id, word) values (${id}, ${word}) returning id`)
    const ids = () => database.transaction((tx) => tx.query<{ id: number }>(sql`select id from moments order by id`))
    const inOne = <T>(work: (tx: Transaction) => Promise<T>) => database.transaction(work)

    test('is answered in its order, each with its own rows, at the first time and at the next', async () => {
      for (const first of [1, 3]) {
        const answers = await inOne((tx) =>
          Promise.all([
            put(tx, first),
            tx.query(sql`select count(*)::int as count from moments where id = ${first}`),
            put(tx, first + 1, 'éß支🔥'),
            tx.query(sql`select word, at, null as nothing, ${first}::int8 as wide from moments where id = ${first + 1}`),
            tx.query(sql`update moments set at = '2026-11-29T03:17:00Z' where id = ${first}`),
            tx.query(sql`select at from moments where id = ${first}`),
          ]),
        )
        expect(answers).toEqual([
          [{ id: first }],
          [{ count: 1 }],
          [{ id: first + 1 }],
          [{ word: 'éß支🔥', at: null, nothing: null, wide: first }],
          [],
          [{ at: '2026-11-29T03:17:00.000Z' }],
        ])
      }
    })

    test('fails where it fails: what stood before it was answered, what stood behind it fails with it, and nothing of it is kept', async () => {
      const before = await ids()
      const heard: unknown[] = []
      const hear = (work: Promise<unknown>) =>
        work.then(
          () => void heard.push('answered'),
          (error: { code: string }) => void heard.push(error.code),
        )
      const lost = inOne(async (tx) => {
        await Promise.all([hear(put(tx, 10)), hear(put(tx, 11, null)), hear(put(tx, 12)), hear(tx.query(sql`select 'never asked before'`))])
        await put(tx, 13)
      })
      await expect(lost).rejects.toThrow()
      expect(heard).toEqual(['answered', '23502', '23502', '23502'])
      expect(await ids()).toEqual(before)
    })

    test('is inside of its transaction also when it is the last that is asked, together with others', async () => {
      const before = await ids()
      const putTogether = gather(async (tx: Transaction, all: readonly number[]) => {
        await tx.query(sql`insert into moments (id, word) select id, 'together' from unnest(${[...all]}::int[]) as id`)
        return all
      })
      const ofWhich = (id: number) =>
        database.transaction((tx) => tx.query<{ one: string }>(sql`select xmin::text as one from moments where id = ${id}`))
      await inOne(async (tx) => {
        await put(tx, 6)
        tx.last(putTogether(tx, 7))
        tx.last(putTogether(tx, 8))
      })
      expect([await ofWhich(7), await ofWhich(8)]).toEqual([await ofWhich(6), await ofWhich(6)])
      const lost = inOne(async (tx) => {
        await put(tx, 9)
        tx.last(putTogether(tx, 6))
      })
      await expect(lost).rejects.toMatchObject({ code: '23505' })
      expect(await ids()).toEqual([...before, { id: 6 }, { id: 7 }, { id: 8 }])
    })

    test('can be asked again after it has failed', async () => {
      const odd = (tx: Transaction, word: string) => tx.query(sql`select ${word}::int as number`)
      for (const _ of [1, 2]) {
        await expect(inOne((tx) => odd(tx, 'no number'))).rejects.toThrow('invalid input syntax')
        expect(await inOne((tx) => odd(tx, '7'))).toEqual([{ number: 7 }])
      }
    })

    test('whose rows look otherwise since an upgrade is asked anew after it has failed once', async () => {
      const all = () => inOne((tx) => tx.query(sql`select * from moments where id = 1`))
      await all()
      await database.script('alter table moments add column later text')
      await expect(all()).rejects.toThrow('cached plan must not change result type')
      expect(await all()).toMatchObject([{ id: 1, later: null }])
      await database.script('alter table moments drop column later')
    })

    test('is not done when its transaction has ended, whether it was asked before its end or after', async () => {
      let late: Promise<unknown> | undefined
      let kept: Transaction | undefined
      const lost = inOne(async (tx) => {
        kept = tx
        late = put(tx, 20)
        late.catch(() => undefined)
        throw new Error('changed its mind')
      })
      await expect(lost).rejects.toThrow('changed its mind')
      await late
      await expect(put(kept!, 21)).rejects.toThrow('This transaction is over.')
      expect((await ids()).filter(({ id }) => id >= 20)).toEqual([])
    })

    test('is a transaction of its own when it is all that is asked: done together or not at all, and then nothing more', async () => {
      const atOnce = <T>(work: (tx: Transaction) => Promise<T>) => database.transaction(work, { atOneMoment: true })
      const before = await ids()
      await expect(atOnce((tx) => Promise.all([put(tx, 30), put(tx, 31, null)]))).rejects.toMatchObject({ code: '23502' })
      await expect(
        atOnce(async (tx) => {
          await put(tx, 32)
          await put(tx, 33)
        }),
      ).rejects.toThrow('This transaction is over.')
      expect(
        await atOnce((tx) => Promise.all([put(tx, 34), tx.query(sql`select count(*)::int as count from moments where id = 34`)])),
      ).toEqual([[{ id: 34 }], [{ count: 1 }]])
      // What the first moment asked was done before anybody could ask for a second one.
      expect(await ids()).toEqual([...before, { id: 32 }, { id: 34 }])
      expect(await inOne((tx) => put(tx, 35))).toEqual([{ id: 35 }])
    })

    test('finds by key, and looks through only where that was said', async () => {
      const modes = sql`select current_setting('plan_cache_mode') as mode, current_setting('enable_seqscan') as scans, current_setting('jit') as jit`
      const byKey = { mode: 'force_generic_plan', scans: 'off', jit: 'off' }
      expect(await inOne((tx) => tx.query(modes))).toEqual([byKey])
      expect(await database.transaction((tx) => tx.query(modes), { looksThrough: true })).toEqual([
        { mode: 'auto', scans: 'on', jit: 'off' },
      ])
      expect(await inOne((tx) => tx.query(modes))).toEqual([byKey])
    })

    test('is found in the index by a plan that was made while the table was empty', async () => {
      const found = (tx: Transaction, statement: Sql) => tx.query<{ 'QUERY PLAN': string }>(sql`explain ${statement}`)
      const plan = await inOne((tx) =>
        found(tx, sql`select moments.word from unnest(array[1, 2, 3]) as wanted (id) join moments on moments.id = wanted.id`),
      )
      expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Nested Loop[\s\S]*Index (Only )?Scan using moments_pkey/)
    })

    test('that gets no answer, being empty, fails and keeps nobody waiting', async () => {
      await expect(inOne((tx) => tx.query(sql``))).rejects.toThrow()
      expect(await inOne((tx) => tx.query(sql`select 1 as one`))).toEqual([{ one: 1 }])
    })

    test('whose value cannot be sent fails by itself', async () => {
      const circular: unknown[] = []
      circular.push({ toPostgres: () => circular[0] })
      const [bad, good] = await inOne(async (tx) => [
        await tx.query(sql`select ${circular[0]}::text as word`).catch((error: Error) => error.message),
        await tx.query(sql`select 1 as one`),
      ])
      expect(bad).toContain('circular')
      expect(good).toEqual([{ one: 1 }])
    })
  })
})
