import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import activeVectors from './fixtures/grouping/active-times.json' with { type: 'json' }
import muteVectors from './fixtures/grouping/mute-times.json' with { type: 'json' }
import { muting, type NamedIntervals } from './muting.ts'
import { TimeIntervalSchema } from './time-interval.ts'

const named = (intervals: object): NamedIntervals =>
  new Map(Object.entries(intervals).map(([name, interval]) => [name, [TimeIntervalSchema.parse(interval)]]))

test.each(muteVectors.vectors)('vector $id: which mute times hold', ({ intervals, at, mutedBy }) => {
  const result = muting({ muteTimes: Object.keys(intervals) }, named(intervals), instant(at))
  expect(result).toMatchObject({ muted: mutedBy.length > 0, by: mutedBy })
})

test.each(activeVectors.vectors)('vector $id: outside its active times a route is muted', ({ intervals, at, muted }) => {
  expect(muting({ activeTimes: Object.keys(intervals) }, named(intervals), instant(at))).toMatchObject({ muted })
})

describe('the reason names the times', () => {
  const intervals = named({
    nights: { times: [['00:00', '06:00']] },
    office: { weekdays: ['monday:friday'], times: [['09:00', '17:00']] },
    tuesdays: { weekdays: ['tuesday'] },
  })
  const night = instant('2026-11-24T03:00:00Z')
  const morning = instant('2026-11-24T10:00:00Z')

  test.each([
    ['nothing named', {}, night, { muted: false, by: [], reason: 'not muted: it has no mute or active times' }],
    [
      'muted',
      { muteTimes: ['nights', 'tuesdays'] },
      night,
      { muted: true, by: ['nights', 'tuesdays'], reason: "muted: it is 'nights' and 'tuesdays'" },
    ],
    ['outside the mute times', { muteTimes: ['nights'] }, morning, { muted: false, by: [], reason: "not muted: it is outside 'nights'" }],
    ['inside the active times', { activeTimes: ['office'] }, morning, { muted: false, by: [], reason: "not muted: it is 'office'" }],
    [
      'outside the active times',
      { activeTimes: ['office'] },
      night,
      { muted: true, by: ['office'], reason: "muted: it is outside 'office'" },
    ],
    [
      'muting is stronger than being active',
      { muteTimes: ['tuesdays'], activeTimes: ['office'] },
      morning,
      { muted: true, by: ['tuesdays'], reason: "muted: it is 'tuesdays'" },
    ],
    [
      'a name that nobody defined mutes nothing',
      { muteTimes: ['gone'] },
      night,
      { muted: false, by: [], reason: "not muted: it is outside 'gone' (there is no time interval 'gone')" },
    ],
    [
      'nor as the only active time',
      { activeTimes: ['gone'] },
      night,
      { muted: false, by: [], reason: "not muted: it is 'gone' (there is no time interval 'gone')" },
    ],
  ])('%s', (_, route, at, expected) => expect(muting(route, intervals, at)).toEqual(expected))

  test('a name of several intervals holds while one of them does', () => {
    const both: NamedIntervals = new Map([['off', [...intervals.get('nights')!, ...intervals.get('tuesdays')!]]])
    expect(muting({ muteTimes: ['off'] }, both, morning).muted).toBe(true)
  })
})
