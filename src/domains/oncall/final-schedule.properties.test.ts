// What holds for every schedule: checked on random layers, windows and overrides around the days on which clocks change.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addSeconds, epochMs, instant, type Instant } from '#kernel/time.ts'
import { finalShifts, gaps, handoffs, layerShifts, nextChange, onCallAt, outlookAt, personShifts } from './final-schedule.ts'
import { ScheduleSchema, weekdays, type Schedule } from './schedule.ts'

/** A zone, and the middle of the ranges to try: its changes of the clock in 2026, or any day where it has none. */
const borders = [
  ['Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Asia/Kolkata', '2026-03-29T01:00:00Z'],
] as const

const two = (value: number) => String(value).padStart(2, '0')
const person = fc.constantFrom('ana', 'ben', 'cem', 'dia')
const timeOfDay = fc.tuple(fc.nat(23), fc.constantFrom(0, 15, 30)).map(([hours, minutes]) => `${two(hours)}:${two(minutes)}`)
const hours = { from: timeOfDay, to: timeOfDay }
const weekday = fc.constantFrom(...weekdays)
const window = fc.oneof(
  fc.record({ kind: fc.constant('daily'), ...hours }),
  fc.record({ kind: fc.constant('weekdays'), days: fc.subarray([...weekdays], { minLength: 1 }), ...hours }),
  fc.record({
    kind: fc.constant('month-days'),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 20 }),
    ...hours,
  }),
  fc.record({ kind: fc.constant('time-of-week'), fromDay: weekday, toDay: weekday, ...hours }),
)

type Case = { schedule: Schedule; from: Instant; to: Instant; at: Instant }

/** A schedule, a range of up to a week around a border, and an instant in the range. */
const cases: fc.Arbitrary<Case> = fc.constantFrom(...borders).chain(([zone, middle]) => {
  const quarter = fc.integer({ min: -4 * 24 * 4, max: 4 * 24 * 4 }).map((quarters) => addSeconds(instant(middle), quarters * 900))
  const range = fc
    .tuple(quarter, quarter)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }))
  const layer = fc.record({
    rotation: fc.record({
      unit: fc.constantFrom('hour', 'day', 'week', 'month'),
      length: fc.integer({ min: 1, max: 30 }),
      anchor: fc
        .tuple(fc.constantFrom('2026-01-31', '2026-03-29', '2026-10-25', '2027-02-28'), timeOfDay)
        .map(([day, time]) => `${day}T${time}`),
      participants: fc.array(fc.option(person, { freq: 4 }), { minLength: 1, maxLength: 4 }),
    }),
    windows: fc.option(fc.array(window, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    limits: fc.option(range, { freq: 1, nil: undefined }),
    beside: fc.boolean(),
  })
  const override = fc.record({
    kind: fc.constantFrom('replace', 'add', 'remove', 'takeover', 'period'),
    add: person,
    remove: person,
    range,
    shifts: fc.array(
      fc.tuple(person, range).map(([who, span]) => ({ person: who, ...span })),
      { maxLength: 3 },
    ),
  })
  const whole = fc.record({
    combine: fc.constantFrom('priority', 'union'),
    layers: fc.array(layer, { maxLength: 3 }),
    overrides: fc.array(override, { maxLength: 4 }),
  })
  return fc
    .record({ whole, range, part: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) })
    .map(({ whole: { combine, layers, overrides }, range: { from, to }, part }) => ({
      schedule: ScheduleSchema.parse({
        slug: 'any',
        name: 'Any',
        zone,
        combine,
        layers: layers.map(({ limits, ...one }, i) => ({ name: `Layer ${i}`, ...one, from: limits?.from, until: limits?.to })),
        overrides: overrides.map(({ range: span, ...one }, i) => ({ id: `o${i}`, by: 'kenji', ...one, ...span })),
      }),
      from,
      to,
      at: instant(epochMs(from) + Math.floor(part * (epochMs(to) - epochMs(from)))),
    }))
})

const holds = (name: string, check: (one: Case) => void) => test(name, () => fc.assert(fc.property(cases, check), { numRuns: 400 }))
const isIn = (at: Instant) => (span: { from: Instant; to: Instant }) => span.from <= at && at < span.to
const peopleAt = (schedule: Schedule, at: Instant) =>
  onCallAt(schedule, at)
    .people.map((one) => one.person)
    .sort()

holds('shifts are sorted, never empty, inside the range, and disjoint for each person', ({ schedule, from, to }) => {
  const shifts = finalShifts(schedule, from, to)
  for (const shift of shifts) expect(from <= shift.from && shift.from < shift.to && shift.to <= to).toBe(true)
  shifts.slice(1).forEach((shift, i) => expect(shifts[i]!.from <= shift.from).toBe(true))
  for (const own of Map.groupBy(shifts, (shift) => shift.person).values()) {
    own.slice(1).forEach((shift, i) => expect(own[i]!.to <= shift.from).toBe(true))
  }
  for (const own of Map.groupBy(personShifts(shifts), (shift) => shift.person).values()) {
    own.slice(1).forEach((shift, i) => expect(own[i]!.to < shift.from).toBe(true))
  }
})

holds('who is on call at an instant is who has a shift then, with the same layer and reason', ({ schedule, from, to, at }) => {
  const byPerson = <One extends { person: string }>(list: One[]) => list.toSorted((a, b) => (a.person < b.person ? -1 : 1))
  const shifts = finalShifts(schedule, from, to)
    .filter(isIn(at))
    .map((shift) => ({ person: shift.person, layer: shift.layer, reason: shift.reason }))
  expect(byPerson(onCallAt(schedule, at).people)).toEqual(byPerson(shifts))
})

holds('the outlook says who is on call, the next change and the first gap, however near it sweeps', ({ schedule, from, to, at }) => {
  for (const near of [addSeconds(from, 0.001), addSeconds(from, 0.002), at, to].filter((one) => one > from)) {
    expect(outlookAt(schedule, from, { near, horizon: to })).toEqual({
      ...onCallAt(schedule, from),
      change: nextChange(schedule, from, to),
      gap: gaps(schedule, from, near)[0] ?? null,
    })
  }
})

holds('shifts and gaps together cover the whole range, and no gap meets a shift', ({ schedule, from, to }) => {
  const shifts = finalShifts(schedule, from, to)
  const empty = gaps(schedule, from, to)
  let reached = from
  for (const span of [...shifts, ...empty].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    expect(span.from <= reached).toBe(true)
    if (span.to > reached) reached = span.to
  }
  expect(reached).toBe(to)
  for (const gap of empty) expect(shifts.filter((shift) => shift.from < gap.to && gap.from < shift.to)).toEqual([])
})

holds('what the final schedule says does not depend on the range that was asked for', ({ schedule, from, to, at }) => {
  const parts = [...finalShifts(schedule, from, at), ...finalShifts(schedule, at, to)]
  expect(personShifts(parts)).toEqual(personShifts(finalShifts(schedule, from, to)))
})

holds(
  'handoffs lead from the people at the start to the people at any instant, and the next change is the first of them',
  ({ schedule, from, to, at }) => {
    const people = new Set(peopleAt(schedule, from))
    const changes = handoffs(schedule, addSeconds(from, 0.001), to)
    for (const change of changes.filter((one) => one.at <= at)) {
      change.off.forEach((one) => expect(people.delete(one)).toBe(true))
      change.on.forEach((one) => people.add(one))
      expect(change.people.toSorted()).toEqual([...people].sort())
    }
    expect([...people].sort()).toEqual(peopleAt(schedule, at))
    expect(nextChange(schedule, from, to)).toEqual(changes[0] ?? null)
  },
)

holds(
  'without overrides everybody on call is in a layer’s row then, and in a union nobody of a row is missing',
  ({ schedule, from, to, at }) => {
    const plain: Schedule = { ...schedule, overrides: [] }
    const inRows = new Set(layerShifts(plain, from, to).flatMap((row) => row.shifts.filter(isIn(at)).map((shift) => shift.person)))
    const people = peopleAt(plain, at)
    expect(people.filter((one) => !inRows.has(one))).toEqual([])
    expect(people.length === 0).toBe(inRows.size === 0)
    if (plain.combine === 'union') expect(people).toEqual([...inRows].sort())
  },
)

holds('a takeover made last is alone on call for all of its range, unless a temporary schedule lies above', ({ schedule, from, to }) => {
  const overrides = schedule.overrides.filter((one) => one.kind !== 'period')
  const taken: Schedule = {
    ...schedule,
    overrides: [...overrides, { kind: 'takeover', id: 'last', by: 'kenji', why: '', add: 'eve', from, to }],
  }
  expect(personShifts(finalShifts(taken, from, to))).toEqual([{ person: 'eve', from, to }])
})
