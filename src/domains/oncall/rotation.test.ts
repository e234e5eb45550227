import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addSeconds, fromZoned, instant, inZone, Temporal } from '#kernel/time.ts'
import { rotationHandoffs, turnAt, turnsMs } from './rotation.ts'
import type { Rotation } from './schedule.ts'

const rotation = (unit: Rotation['unit'], length: number, anchor: string): Rotation => ({
  unit,
  length,
  anchor,
  participants: ['a', 'b', 'c'],
})
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata']

describe('the turn at an instant', () => {
  test.each([
    [
      'starts with the first participant at the anchor',
      rotation('week', 1, '2026-01-05T09:00'),
      '2026-01-05T08:00:00Z',
      0,
      'a',
      '2026-01-05T08:00',
      '2026-01-12T08:00',
    ],
    [
      'belongs to the one before until the last millisecond',
      rotation('week', 1, '2026-01-05T09:00'),
      '2026-01-05T07:59:59.999Z',
      -1,
      'c',
      '2025-12-29T08:00',
      '2026-01-05T08:00',
    ],
    [
      'counts on after the last participant',
      rotation('day', 2, '2026-01-05T09:00'),
      '2026-01-11T12:00:00Z',
      3,
      'a',
      '2026-01-11T08:00',
      '2026-01-13T08:00',
    ],
    [
      'counts back before the anchor',
      rotation('month', 1, '2026-01-10T00:00'),
      '2025-10-20T00:00:00Z',
      -3,
      'a',
      '2025-10-09T22:00',
      '2025-11-09T23:00',
    ],
    [
      'is found years away',
      rotation('hour', 1, '2000-01-01T00:00'),
      '2026-07-01T10:30:00Z',
      232_284,
      'a',
      '2026-07-01T10:00',
      '2026-07-01T11:00',
    ],
    [
      'keeps its wall time over the spring change',
      rotation('day', 1, '2026-03-01T09:00'),
      '2026-03-29T12:00:00Z',
      28,
      'b',
      '2026-03-29T07:00',
      '2026-03-30T07:00',
    ],
    [
      'lasts two real hours when its hour happens twice',
      rotation('hour', 1, '2026-10-25T00:00'),
      '2026-10-25T01:30:00Z',
      2,
      'c',
      '2026-10-25T00:00',
      '2026-10-25T02:00',
    ],
    [
      'skips the one whose hour does not exist',
      rotation('hour', 1, '2026-03-29T00:00'),
      '2026-03-29T01:10:00Z',
      3,
      'a',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
    ],
    [
      'of a month that lacks the day starts in the next',
      rotation('month', 1, '2026-01-31T12:00'),
      '2026-03-02T12:00:00Z',
      0,
      'a',
      '2026-01-31T11:00',
      '2026-03-03T11:00',
    ],
  ])('%s', (_, ours, at, index, person, from, to) => {
    expect(turnAt(ours, 'Europe/Berlin', instant(at))).toEqual({ index, person, from: instant(`${from}Z`), to: instant(`${to}Z`) })
  })

  test('is nobody’s when its participant is null', () => {
    const ours: Rotation = { ...rotation('day', 1, '2026-01-01T00:00'), participants: ['a', null] }
    expect(turnAt(ours, 'UTC', instant('2026-01-02T00:00:00Z')).person).toBeNull()
  })
})

test('handoffs include both ends of the range and name the end of the gap once', () => {
  const found = rotationHandoffs(
    rotation('hour', 1, '2026-01-01T00:00'),
    'Europe/Berlin',
    instant('2026-03-29T00:00:00Z'),
    instant('2026-03-29T02:00:00Z'),
  )
  expect(found).toEqual(['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T02:00:00.000Z'])
})

test('a day’s handoffs stay at their wall time all year, and otherwise lie at the end of the gap', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 24 * 12 - 1 }), (zone, fiveMinutes) => {
      const time = Temporal.PlainTime.from('00:00').add({ minutes: fiveMinutes * 5 })
      const found = rotationHandoffs(
        rotation('day', 1, `2026-01-01T${time.toString().slice(0, 5)}`),
        zone,
        instant('2026-01-02T12:00:00Z'),
        instant('2026-12-30T12:00:00Z'),
      )
      expect(found.length).toBeGreaterThanOrEqual(361)
      for (const at of found) {
        const shown = inZone(at, zone)
        if (shown.toPlainTime().equals(time)) {
          expect(fromZoned(shown.toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'earlier' }))).toBe(at)
        } else {
          const justBefore = inZone(addSeconds(at, -1), zone)
          expect(justBefore.getTimeZoneTransition('next')!.epochMilliseconds).toBe(shown.epochMilliseconds)
          expect(Temporal.PlainTime.compare(justBefore.toPlainTime(), time)).toBe(-1)
          expect(Temporal.PlainTime.compare(time, shown.toPlainTime())).toBe(-1)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('turns follow one another without hole or overlap, and agree with the turn at any instant', () => {
  const rotations = fc.record({
    unit: fc.constantFrom('hour', 'day', 'week', 'month'),
    length: fc.integer({ min: 1, max: 40 }),
    anchor: fc.constantFrom('2026-01-31T02:30', '2026-03-29T02:30', '2020-02-29T00:00', '2026-10-25T01:45'),
    participants: fc.constantFrom(['a'], ['a', 'b'], ['a', null, 'c']),
  }) satisfies fc.Arbitrary<Rotation>
  fc.assert(
    fc.property(
      rotations,
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ours, zone, from, part) => {
        const to = from + 40 * 86_400_000
        const turns = turnsMs(ours, zone, from, to)
        expect(turns[0]!.from).toBeLessThanOrEqual(from)
        expect(turns.at(-1)!.to).toBeGreaterThanOrEqual(to)
        turns.slice(1).forEach((turn, i) => expect(turn.from).toBe(turns[i]!.to))
        const at = Math.floor(from + part * (to - from - 1))
        const turn = turns.find((one) => one.from <= at && at < one.to)!
        expect(turnAt(ours, zone, instant(at))).toMatchObject({ person: turn.person, from: instant(turn.from), to: instant(turn.to) })
      },
    ),
  )
})
