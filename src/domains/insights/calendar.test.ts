import { expect, test, vi } from 'vitest'
import { addSeconds, instant, Temporal } from '#kernel/time.ts'
import { localTimes, weeksBetween } from './calendar.ts'

test.each([
  ['22:00 begins the night', '2026-11-23T21:00:00Z', 'Europe/Berlin', 'night'],
  ['21:59 is still evening', '2026-11-23T20:59:59Z', 'Europe/Berlin', 'evening'],
  ['06:59 is night', '2026-11-24T05:59:59Z', 'Europe/Berlin', 'night'],
  ['07:00 is not', '2026-11-24T06:00:00Z', 'Europe/Berlin', 'evening'],
  ['09:00 on a Monday is work', '2026-11-23T08:00:00Z', 'Europe/Berlin', 'working'],
  ['noon on a Saturday is not', '2026-11-21T11:00:00Z', 'Europe/Berlin', 'evening'],
  ['the same moment is day elsewhere', '2026-11-23T21:00:00Z', 'America/Los_Angeles', 'working'],
  ['the hour that comes twice is night both times', '2026-10-25T01:30:00Z', 'Europe/Berlin', 'night'],
] as const)('%s', (_name, at, zone, part) => expect(localTimes(zone)(instant(at)).part).toBe(part))

test.each([
  ['a Sunday belongs to the Monday before', '2026-11-22T12:00:00Z', 'UTC', '2026-11-16'],
  ['Sunday 23:30 UTC is Monday in Berlin', '2026-11-22T23:30:00Z', 'Europe/Berlin', '2026-11-23'],
])('%s', (_name, at, zone, week) => expect(localTimes(zone)(instant(at)).week).toBe(week))

test('a range names every week that it touches, and not the one that it only ends at', () => {
  expect(weeksBetween(instant('2026-11-04T00:00:00Z'), instant('2026-11-23T00:00:00Z'), 'UTC')).toEqual([
    '2026-11-02',
    '2026-11-09',
    '2026-11-16',
  ])
})
test('Monday is day 0', () => expect(localTimes('Europe/Berlin')(instant('2026-11-23T13:10:00Z'))).toMatchObject({ day: 0, hour: 14 }))

test.each(['Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Apia'])(
  'whatever was looked up before, a moment in %s is what it is by itself',
  (zone) => {
    const local = localTimes(zone)
    // Over both changes of the clocks, by steps that meet no quarter twice at the same place.
    for (const begin of [
      '2026-03-28T00:00:00Z',
      '2026-04-04T00:00:00Z',
      '2026-10-03T00:00:00Z',
      '2026-10-24T00:00:00Z',
      '2026-11-01T00:00:00Z',
    ])
      for (let n = 0; n < 400; n++) {
        const at = addSeconds(instant(begin), n * 431)
        expect([at, local(at)]).toEqual([at, localTimes(zone)(at)])
      }
  },
)

// A hundred thousand alerts were once looked up thirteen times each, on the thread that pages: eighteen seconds.
test('a quarter of an hour is looked up once', () => {
  const moments = Array.from({ length: 900 }, (_, n) => addSeconds(instant('2026-11-23T13:00:00Z'), n))
  const looked = vi.spyOn(Temporal.Instant, 'from')
  const local = localTimes('Europe/Berlin')
  for (const at of moments) local(at)
  expect(looked).toHaveBeenCalledTimes(1)
  looked.mockRestore()
})
