import { expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { awaitedDatabase } from './awaited.ts'
import { doesNotAnswer, isAway, type Database } from './database.ts'
import { openEmbedded } from './embedded.ts'

const refused = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
const select = (database: Database) => database.transaction((tx) => tx.query<{ one: number }>(sql`select 1 as one`))

test('until it was reached whoever asks hears that it is away, and afterwards it is the database', async () => {
  let answers = false
  const prepared: string[] = []
  const database = awaitedDatabase(
    'postgres',
    () => (answers ? openEmbedded(undefined) : Promise.reject(refused())),
    async () => void prepared.push('prepared'),
  )
  await expect(database.reach()).rejects.toThrow('ECONNREFUSED')
  for (const ask of [
    () => select(database),
    () => database.script(''),
    () => database.listen('a', () => {}),
    () => database.holdNodeLock(1),
  ])
    expect(await ask().catch(isAway)).toBe(true)
  expect(database.isReached()).toBe(false)
  answers = true
  await database.reach()
  await database.reach()
  expect(prepared).toEqual(['prepared'])
  expect(await select(database)).toEqual([{ one: 1 }])
  await database.close()
})

test('nobody may ask before it is prepared, and one that cannot be prepared is closed', async () => {
  const closed: string[] = []
  const opened = { close: async () => void closed.push('closed') } as unknown as Database
  const database = awaitedDatabase(
    'postgres',
    async () => opened,
    async () => {
      expect(await select(database).catch(isAway)).toBe(true)
      throw new Error('migration 7 fails')
    },
  )
  await expect(database.reach()).rejects.toThrow('migration 7 fails')
  expect(closed).toEqual(['closed'])
  expect(database.isReached()).toBe(false)
})

test('one that answers after the node was stopped is closed again', async () => {
  const closed: string[] = []
  const opening = Promise.withResolvers<Database>()
  const database = awaitedDatabase(
    'postgres',
    () => opening.promise,
    async () => {},
  )
  const reaching = database.reach()
  await database.close()
  opening.resolve({ close: async () => void closed.push('closed') } as unknown as Database)
  await expect(reaching).rejects.toThrow()
  expect(closed).toEqual(['closed'])
})

test.each<[string, Error & { code?: string }, boolean]>([
  ['nothing listens', refused(), true],
  ['its name is not known yet', Object.assign(new Error('getaddrinfo EAI_AGAIN db'), { code: 'EAI_AGAIN' }), true],
  ['it says nothing', new Error('timeout exceeded when trying to connect'), true],
  ['it is starting up', Object.assign(new Error('the database system is starting up'), { code: '57P03' }), true],
  ['it is cut off in the middle', new Error('Connection terminated unexpectedly'), true],
  ['the password is wrong', Object.assign(new Error('password authentication failed for user "tocsin"'), { code: '28P01' }), false],
  ['this host may not ask', Object.assign(new Error('pg_hba.conf rejects connection for host "10.0.0.1"'), { code: '28000' }), false],
  ['there is no such database', Object.assign(new Error('database "tocsin" does not exist'), { code: '3D000' }), false],
  ['it has no encryption', new Error('The server does not support SSL connections'), false],
  ['a migration fails', Object.assign(new Error('column "a" does not exist'), { code: '42703' }), false],
])('whether it is worth waiting for it when %s', (_, error, expected) => expect(doesNotAnswer(error)).toBe(expected))
