import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { offerable } from './offer.ts'
import { ScheduleSchema } from './schedule.ts'

const schedule = ScheduleSchema.parse({
  slug: 'payments',
  name: 'Payments',
  zone: 'Europe/Berlin',
  layers: [{ name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['ana', 'ben'] } }],
})
/** Ana has the week from Monday, 16 November, 09:00 in Berlin. */
const now = instant('2026-11-20T12:00:00Z')

test.each([
  ['what is left of a running one', 'ana', '2026-11-16T08:00:00Z', '2026-11-23T08:00:00Z', true, 'ana is on call then'],
  ['a part of one', 'ana', '2026-11-21T08:00:00Z', '2026-11-22T08:00:00Z', true, 'ana is on call then'],
  [
    'somebody else’s',
    'ben',
    '2026-11-21T08:00:00Z',
    '2026-11-22T08:00:00Z',
    false,
    'ben is not on call for Payments at Sat 21 Nov, 09:00 CET.',
  ],
  [
    'more than it is',
    'ana',
    '2026-11-21T08:00:00Z',
    '2026-11-24T08:00:00Z',
    false,
    'ana is not on call for Payments at Mon 23 Nov, 09:00 CET.',
  ],
  [
    'one that begins before it',
    'ben',
    '2026-11-22T08:00:00Z',
    '2026-11-24T08:00:00Z',
    false,
    'ben is not on call for Payments at Sun 22 Nov, 09:00 CET.',
  ],
  [
    'two with somebody else between',
    'ana',
    '2026-11-21T08:00:00Z',
    '2026-12-01T09:00:00Z',
    false,
    'ana is not on call for Payments at Mon 23 Nov, 09:00 CET.',
  ],
  ['one that is over', 'ana', '2026-11-16T08:00:00Z', '2026-11-17T08:00:00Z', false, 'That shift is over.'],
  [
    'one that ends before it begins',
    'ana',
    '2026-11-22T08:00:00Z',
    '2026-11-21T08:00:00Z',
    false,
    'The end has to be later than the beginning.',
  ],
])('a shift can be offered when it is %s', (_, who, from, to, allowed, reason) => {
  expect(offerable(schedule, who, instant(from), instant(to), now, (handle) => handle)).toEqual({ allowed, reason })
})
