// Several servers in one URL: which of them each connection is made to. That a copy is passed by shows `e2e/fail-over.test.ts`, with one.
import { expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { urlsOf } from './hosts.ts'
import { openPostgres } from './postgres.ts'

const server = process.env['TEST_DATABASE_URL']

test.each([
  ['postgres://u:p@one:5432/name', ['postgres://u:p@one:5432/name']],
  ['postgres://one/name', ['postgres://one/name']],
  ['postgres://u:p,q@one/name', ['postgres://u:p,q@one/name']],
  ['postgres:///name?host=/run/postgresql', ['postgres:///name?host=/run/postgresql']],
  ['postgresql://u:p@one,two:5433/name', ['postgresql://u:p@one/name', 'postgresql://u:p@two:5433/name']],
  ['postgres://[::1]:1,[::2]/n?sslmode=require', ['postgres://[::1]:1/n?sslmode=require', 'postgres://[::2]/n?sslmode=require']],
  ['postgres://a,b/n?target_session_attrs=read-write', ['postgres://a/n', 'postgres://b/n']],
  ['postgres://a,b/n?target_session_attrs=primary&sslmode=require', ['postgres://a/n?sslmode=require', 'postgres://b/n?sslmode=require']],
  ['postgres://a,b/n?sslmode=require&target_session_attrs=any', ['postgres://a/n?sslmode=require', 'postgres://b/n?sslmode=require']],
])('of %s it knows these servers', (url, servers) => expect(urlsOf(url)).toEqual(servers))

test.skipIf(server === undefined)('one that is away is passed by, at once and by everything', async () => {
  const { host } = new URL(server!)
  const database = openPostgres(server!.replace(host, `127.0.0.1:1,${host}`), { poolSize: 2, onError: () => undefined })
  const heard: string[] = []
  const one = sql`select 1 as one`
  try {
    await database.listen('bell', (payload) => void heard.push(payload))
    expect(await Promise.all([1, 2].map(() => database.transaction((tx) => tx.query(one))))).toEqual([[{ one: 1 }], [{ one: 1 }]])
    await database.script('select 1')
  } finally {
    await database.close()
  }
})

test('where all of them are away, what the last one said is heard, as of a database that is away', async () => {
  const database = openPostgres('postgres://u@127.0.0.1:1,127.0.0.1:2/n', { poolSize: 1, onError: () => undefined })
  try {
    await expect(database.transaction((tx) => tx.query(sql`select 1`))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  } finally {
    await database.close()
  }
})
