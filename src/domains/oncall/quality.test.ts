import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { quality } from './quality.ts'
import { ScheduleSchema, type ScheduleInput } from './schedule.ts'

const at = (text: string) => instant(`${text}Z`)
const hour = 3600
const daily = (participants: (string | null)[]) => ({
  name: 'Daily',
  rotation: { unit: 'day' as const, length: 1, anchor: '2026-01-05T00:00', participants },
})
const scheduleOf = (change: Partial<ScheduleInput>) => ScheduleSchema.parse({ slug: 's', name: 'S', zone: 'UTC', layers: [], ...change })
const week = [at('2026-01-05T00:00'), at('2026-01-12T00:00')] as const

test('an even rotation is covered, fair, and says so', () => {
  const judged = quality(scheduleOf({ layers: [daily(['ana', 'ben'])] }), at('2026-01-05T00:00'), at('2026-01-19T00:00'))
  expect(judged).toMatchObject({ gaps: [], gapSeconds: 0, coverage: 1, reason: 'somebody is always on call; the burden is even' })
  expect(judged.shares).toEqual([
    { person: 'ana', shifts: 7, seconds: 168 * hour, nightSeconds: 56 * hour, weekendSeconds: 48 * hour, share: 0.5, load: 1 },
    { person: 'ben', shifts: 7, seconds: 168 * hour, nightSeconds: 56 * hour, weekendSeconds: 48 * hour, share: 0.5, load: 1 },
  ])
})

test('gaps are listed and counted against the range', () => {
  const judged = quality(scheduleOf({ layers: [daily(['ana', null, 'ben', null])] }), at('2026-01-05T00:00'), at('2026-01-09T00:00'))
  expect(judged.gaps).toEqual([
    { from: at('2026-01-06T00:00'), to: at('2026-01-07T00:00') },
    { from: at('2026-01-08T00:00'), to: at('2026-01-09T00:00') },
  ])
  expect(judged).toMatchObject({ gapSeconds: 48 * hour, coverage: 0.5, reason: 'nobody is on call for 2 d in 2 gaps; the burden is even' })
})

test('who carries more than a fair part is named; who carries nothing is listed', () => {
  const judged = quality(scheduleOf({ layers: [daily(['ana', 'ana', 'ana', 'ben'])] }), at('2026-01-05T00:00'), at('2026-01-08T00:00'), {
    nameOf: () => 'Ana',
  })
  expect(judged.shares.map(({ person, shifts, share, load }) => ({ person, shifts, share, load }))).toEqual([
    { person: 'ana', shifts: 1, share: 1, load: 2 },
    { person: 'ben', shifts: 0, share: 0, load: 0 },
  ])
  expect(judged.reason).toBe('somebody is always on call; Ana carries 2.0 times a fair part')
})

test('overrides count for those who are really on call; a helper of no rotation has no fair part', () => {
  const override = { kind: 'takeover', id: 'o', by: 'k', add: 'kim', from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' } as const
  const judged = quality(scheduleOf({ layers: [daily(['ana', 'ben'])], overrides: [override] }), ...week)
  expect(judged.shares.map(({ person, seconds }) => [person, seconds / hour])).toEqual([
    ['ana', 72],
    ['ben', 72],
    ['kim', 24],
  ])
  expect(judged.shares[2]!.load).toBeNull()
})

test('night is the night where the person lives', () => {
  const zones: Record<string, string> = { ana: 'Europe/Berlin', yui: 'Asia/Tokyo' }
  const office = { ...daily(['ana']), windows: [{ kind: 'daily' as const, from: '08:00', to: '20:00' }] }
  const evening = { ...daily(['yui']), name: 'Evening', windows: [{ kind: 'daily' as const, from: '20:00', to: '08:00' }] }
  const judged = quality(scheduleOf({ layers: [office, evening] }), ...week, { zoneOf: (person) => zones[person]! })
  // 22:00 to 06:00 in Tokyo is 13:00 to 21:00 UTC: one hour of each evening; in Berlin from 21:00 UTC: none of the day.
  expect(judged.shares.map(({ person, nightSeconds }) => [person, nightSeconds / hour])).toEqual([
    ['ana', 0],
    ['yui', 7],
  ])
})

test('the night in which the clock changes counts its real hours', () => {
  const judged = quality(scheduleOf({ zone: 'Europe/Berlin', layers: [daily(['ana'])] }), at('2026-10-24T12:00'), at('2026-10-25T12:00'), {
    night: { from: '23:00', to: '05:00' },
  })
  expect(judged.shares[0]).toMatchObject({ nightSeconds: 7 * hour, weekendSeconds: 24 * hour })
})

test('layers out of force do not make members; an empty schedule carries nothing', () => {
  const ended = { ...daily(['old']), name: 'Ended', until: '2026-01-01T00:00:00Z' }
  expect(quality(scheduleOf({ layers: [ended, daily(['ana'])] }), ...week).shares.map((one) => one.person)).toEqual(['ana'])
  expect(quality(scheduleOf({}), ...week)).toMatchObject({
    coverage: 0,
    shares: [],
    reason: 'nobody is on call for 7 d in one gap; no rotation carries anything',
  })
  expect(quality(scheduleOf({}), week[0], week[0])).toMatchObject({ coverage: 1, gaps: [] })
})
