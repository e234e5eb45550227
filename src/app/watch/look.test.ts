import { expect, test } from 'vitest'
import { AppError } from '#kernel/errors.ts'
import type { Outbound } from '#kernel/outbound.ts'
import { Secret } from '#kernel/secret.ts'
import { instant } from '#kernel/time.ts'
import { look } from './look.ts'

const now = instant('2026-11-24T03:00:00Z')

/** What a look sees of an installation that is ready and answers so when it is asked for its health. */
const seen = (health: unknown, status = 200) => {
  const fetch: Outbound['fetch'] = async ({ url }) => {
    if (health instanceof AppError) throw health
    const text = typeof health === 'string' ? health : JSON.stringify(health)
    return { status: url.endsWith('/readyz') ? 200 : status, headers: {}, bytes: new Uint8Array(), url, text: () => text }
  }
  return look({ fetch, connectMail: () => Promise.reject(new Error('no mail here')) }, 'https://t.test', new Secret('token'), now)
}
const healthy = { quietSince: null, jobs: { overdue: 0, oldest: null, parked: 1 }, ofALaterVersion: true }
const late = { overdue: 7, oldest: '2026-11-24T02:50:00.000Z' }

test.each<[string, unknown, RegExp | undefined]>([
  ['one that is well', healthy, undefined],
  ['one whose work is late', { ...healthy, jobs: late }, /^It answers, but 7 things are overdue, the oldest by 10 min:/],
  ['a quiet copy', { ...healthy, quietSince: now }, /restored copy/],
  ['one that gives no answer', new AppError('unavailable', 't.test gave no answer.'), /^It does not answer: t\.test gave no answer\.$/],
  ['what is no JSON', '<b>hello</b>', /^It answers something else than Tocsin does/],
  ['JSON of another program', { status: 'green' }, /^It answers something else than Tocsin does/],
  ['words where a number is meant', { ...healthy, jobs: { ...late, overdue: '<b>7</b>' } }, /^It answers something else than Tocsin does/],
  ['words where a time is meant', { ...healthy, jobs: { ...late, oldest: 'long ago' } }, /^It answers something else than Tocsin does/],
])('of %s', async (_name, health, why) => {
  expect(await seen(health)).toEqual(why === undefined ? { works: true } : { works: false, why: expect.stringMatching(why) as unknown })
})

test('a token that is refused is told of', async () => {
  expect(await seen(healthy, 401)).toEqual({ works: false, why: 'It answers 401 to the token of the watcher.' })
})
