import { expect, test } from 'vitest'
import type { UserId } from '#kernel/actor.ts'
import { instant } from '#kernel/time.ts'
import { undoOf } from './undo.ts'

const ana = 'usr_ana' as UserId
const row = {
  state: 'acknowledged' as const,
  acknowledgedAt: instant('2026-11-23T02:12:51Z'),
  acknowledgedBy: ana as UserId | null,
  acknowledgedByName: 'Ana' as string | null,
}

test.each([
  ['at once', {}, '2026-11-23T02:12:51Z', true, 'acknowledged less than 8 seconds ago'],
  ['in the last moment', {}, '2026-11-23T02:12:58.999Z', true, 'acknowledged less than 8 seconds ago'],
  [
    'after eight seconds',
    {},
    '2026-11-23T02:12:59Z',
    false,
    'You have had it since Mon 23 Nov, 03:12 CET. Undo works for 8 seconds; sign in to give it back.',
  ],
  [
    'of somebody else',
    { acknowledgedBy: 'usr_ben' as UserId, acknowledgedByName: 'Ben' },
    '2026-11-23T02:12:52Z',
    false,
    'Ben has it. Sign in to give it back for them.',
  ],
  [
    'of the source',
    { acknowledgedBy: null, acknowledgedByName: null },
    '2026-11-23T02:12:52Z',
    false,
    'The source has it. Sign in to give it back for them.',
  ],
  ['of nothing', { state: 'paging' as const, acknowledgedAt: null }, '2026-11-23T02:12:52Z', false, 'Nobody has acknowledged it.'],
])('an undo %s', (_, change, now, allowed, reason) => {
  expect(undoOf({ ...row, ...change }, ana, instant(now), 'Europe/Berlin')).toMatchObject({ allowed, reason })
})

test('is allowed until eight seconds have gone by', () => {
  expect(undoOf(row, ana, instant('2026-11-23T02:12:52Z'), 'UTC')).toMatchObject({ until: '2026-11-23T02:12:59.000Z' })
})
