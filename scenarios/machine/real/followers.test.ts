import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { nothingSeen, type Commit, type Handed } from '../record.ts'
import { openDiary } from './diary.ts'
import type { Evidence } from './evidence.ts'
import { seenByFollowers, toldAfterStopping } from './followers.ts'
import type { Store } from './installation.ts'

const second = (n: number) => 1_000_000 + n * 1000
const mail = (at: number, to = 'ann@example.com', update = 'upd_1'): Handed => ({
  at: instant(second(at)),
  lookedAt: instant(second(at)),
  arrivedAt: instant(second(at)),
  key: `${update}.sub_1`,
  reachKey: `update/${update}`,
  to,
  channel: 'email',
  recognisesKey: true,
  title: '',
  url: '',
  stopUrl: undefined,
  urgency: 'update',
  repeated: false,
  seen: 0,
  node: 'one',
  arrived: true,
})
const leftAt = (at: number, subscriber: string): Commit => ({
  index: 1,
  at: instant(second(at)),
  events: [{ type: 'subscriber.left', about: { subscriber } } as unknown as Commit['events'][number]],
})
const evidence = (updateMails: Handed[], ...commits: Commit[]): Evidence => ({
  seen: nothingSeen(() => true),
  commits,
  timeOf: ({ at }) => Date.parse(at),
  updateMails,
  claims: [],
  entered: [],
})
const followers = ['shop', 'docks'].map((page, n) => ({ id: `sub_${n + 1}`, email: 'ann@example.com', page }))

describe('whoever has stopped following', () => {
  const store = (...pages: string[]) =>
    ({ query: () => Promise.resolve(pages.map((page) => ({ update: 'upd_1', page }))) }) as unknown as Store
  const stopped = leftAt(10, 'sub_1')

  test('is told until then, and not after that', async () => {
    expect(await toldAfterStopping(store('shop'), evidence([mail(9)], stopped), followers)).toEqual([])
    expect(await toldAfterStopping(store('shop'), evidence([mail(11)], stopped), followers)).toMatchObject([{ invariant: 'I12' }])
  })

  test('is told all the same where another page has the update that they still follow', async () => {
    expect(await toldAfterStopping(store('shop', 'docks'), evidence([mail(11)], stopped), followers)).toEqual([])
  })

  test('an address that follows nothing is told nothing', async () => {
    expect(await toldAfterStopping(store('shop'), evidence([mail(1, 'eve@example.com')]), followers)).toMatchObject([{ invariant: 'I12' }])
  })
})

test('a mail may have come late where its node or its way to the mail server stood still', () => {
  const diary = openDiary()
  const from = second(5)
  diary.spans.push(
    { kind: 'mail silent', place: 'way to the mail server', node: 'one', from, to: second(9) },
    { kind: 'action cut', place: 'action', node: '', from, to: second(9) },
  )
  const { disturbed, handed } = seenByFollowers(evidence([mail(6)]), diary, ['one', 'two'])
  expect(disturbed).toEqual([{ kind: 'node stands still', at: instant(from), seconds: 7, node: 'one' }])
  expect(handed).toHaveLength(1)
})
