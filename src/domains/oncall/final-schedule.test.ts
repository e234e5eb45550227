import { describe, expect, test } from 'vitest'
import { instant, secondsBetween } from '#kernel/time.ts'
import { finalShifts, gaps, handoffs, layerShifts, nextChange, onCallAt, personShifts } from './final-schedule.ts'
import { ScheduleSchema, type ScheduleInput } from './schedule.ts'

const at = (text: string) => instant(`${text}Z`)
const weekly = {
  name: 'Weekly',
  rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['ana', 'ben'] },
} satisfies ScheduleInput['layers'][number]
const nights = {
  name: 'Nights',
  rotation: { unit: 'day', length: 1, anchor: '2026-11-02T18:00', participants: ['noa', 'oli'] },
  windows: [{ kind: 'daily', from: '20:00', to: '06:00' }],
} satisfies ScheduleInput['layers'][number]
const scheduleOf = (change: Partial<ScheduleInput> = {}) =>
  ScheduleSchema.parse({ slug: 'payments', name: 'Payments', zone: 'Europe/Berlin', layers: [weekly], ...change })
const kenji = {
  kind: 'takeover',
  id: 'o1',
  by: 'kenji',
  add: 'kenji',
  from: '2026-11-24T08:00:00Z',
  to: '2026-11-25T17:00:00Z',
  why: 'Ana is ill',
} as const
const nameOf = (person: string) => person.charAt(0).toUpperCase() + person.slice(1)

describe('who is on call, and the reason', () => {
  const both: Partial<ScheduleInput> = { combine: 'union', layers: [weekly, nights] }
  test.each<[string, Partial<ScheduleInput>, string, string[], string]>([
    ['one layer', {}, '2026-11-24T12:00', ['ben'], "layer 'Weekly', no override"],
    ['the last layer that has somebody', { layers: [weekly, nights] }, '2026-11-24T22:00', ['noa'], "layer 'Nights', no override"],
    [
      'the earlier layer outside the later one’s hours',
      { layers: [weekly, nights] },
      '2026-11-24T12:00',
      ['ben'],
      "layer 'Weekly', no override",
    ],
    ['everybody of a union', both, '2026-11-24T22:00', ['ben', 'noa'], "layers 'Weekly' and 'Nights', no override"],
    [
      'a layer beside the one before it',
      { layers: [weekly, { ...nights, beside: true }] },
      '2026-11-24T22:00',
      ['ben', 'noa'],
      "layers 'Weekly' and 'Nights', no override",
    ],
    ['nobody', { layers: [nights] }, '2026-11-24T12:00', [], 'nobody: no layer has anybody then, no override'],
    ['an override', { overrides: [kenji] }, '2026-11-24T12:00', ['kenji'], 'override by Kenji until Wed 25 Nov, 18:00 CET'],
    ['an override that is over', { overrides: [kenji] }, '2026-11-25T17:00', ['ben'], "layer 'Weekly', no override"],
    [
      'a layer and an addition',
      { overrides: [{ ...kenji, kind: 'add' }] },
      '2026-11-24T12:00',
      ['ben', 'kenji'],
      "layer 'Weekly'; override by Kenji until Wed 25 Nov, 18:00 CET",
    ],
    [
      'nobody by an override',
      { overrides: [{ ...kenji, kind: 'remove', remove: 'ben' }] },
      '2026-11-24T12:00',
      [],
      'nobody: override by Kenji until Wed 25 Nov, 18:00 CET',
    ],
    [
      'a layer that is not yet in force',
      { layers: [{ ...weekly, from: '2026-12-01T00:00:00Z' }] },
      '2026-11-30T23:59',
      [],
      'nobody: no layer has anybody then, no override',
    ],
    [
      'a layer that has ended',
      { layers: [{ ...weekly, until: '2026-11-24T00:00:00Z' }] },
      '2026-11-24T00:00',
      [],
      'nobody: no layer has anybody then, no override',
    ],
    ['a schedule without layers', { layers: [] }, '2026-11-24T00:00', [], 'nobody: no layer has anybody then, no override'],
    [
      'one person by two layers',
      { combine: 'union', layers: [weekly, { ...weekly, name: 'Backup' }] },
      '2026-11-24T12:00',
      ['ben'],
      "layer 'Weekly', no override",
    ],
  ])('%s', (_, change, time, people, reason) => {
    const answer = onCallAt(scheduleOf(change), at(time), nameOf)
    expect(answer.people.map((one) => one.person)).toEqual(people)
    expect(answer.reason).toBe(reason)
  })

  test('each person has their own reason: layer, whom they stand in for, and why', () => {
    const overrides: ScheduleInput['overrides'] = [{ ...kenji, kind: 'replace', remove: 'ben' }]
    expect(
      onCallAt(scheduleOf({ layers: [weekly, { ...nights, beside: true }], overrides }), at('2026-11-24T22:00'), nameOf).people,
    ).toEqual([
      { person: 'kenji', layer: null, reason: 'override by Kenji until Wed 25 Nov, 18:00 CET, in place of Ben: Ana is ill' },
      { person: 'noa', layer: 'Nights', reason: "layer 'Nights'" },
    ])
  })

  test('a layer beside hides what lies under its neighbour', () => {
    const day = { ...weekly, name: 'Day', rotation: { ...weekly.rotation, participants: ['dan'] } }
    const shadow = { ...weekly, name: 'Shadow', beside: true, rotation: { ...weekly.rotation, participants: ['sue'] } }
    expect(onCallAt(scheduleOf({ layers: [weekly, day, shadow] }), at('2026-11-24T12:00')).people.map((one) => one.person)).toEqual([
      'dan',
      'sue',
    ])
    const absent = { ...day, rotation: { ...day.rotation, participants: [null] } }
    expect(onCallAt(scheduleOf({ layers: [weekly, absent, shadow] }), at('2026-11-24T12:00')).people.map((one) => one.person)).toEqual([
      'sue',
    ])
  })
})

test('the final schedule says for each shift what put the person there', () => {
  expect(finalShifts(scheduleOf({ overrides: [kenji] }), at('2026-11-23T00:00'), at('2026-11-30T12:00'))).toEqual([
    { person: 'ana', from: at('2026-11-23T00:00'), to: at('2026-11-23T08:00'), layer: 'Weekly', override: null, reason: "layer 'Weekly'" },
    { person: 'ben', from: at('2026-11-23T08:00'), to: at('2026-11-24T08:00'), layer: 'Weekly', override: null, reason: "layer 'Weekly'" },
    {
      person: 'kenji',
      from: at('2026-11-24T08:00'),
      to: at('2026-11-25T17:00'),
      layer: null,
      override: 'o1',
      reason: 'override by kenji until Wed 25 Nov, 18:00 CET: Ana is ill',
    },
    { person: 'ben', from: at('2026-11-25T17:00'), to: at('2026-11-30T08:00'), layer: 'Weekly', override: null, reason: "layer 'Weekly'" },
    { person: 'ana', from: at('2026-11-30T08:00'), to: at('2026-11-30T12:00'), layer: 'Weekly', override: null, reason: "layer 'Weekly'" },
  ])
})

test('a person who stays on for another reason has shifts that touch, and one shift when they are joined', () => {
  const shifts = finalShifts(scheduleOf({ overrides: [{ ...kenji, add: 'ben' }] }), at('2026-11-23T08:00'), at('2026-11-30T08:00'))
  expect(shifts.map((shift) => shift.override)).toEqual([null, 'o1', null])
  expect(personShifts(shifts)).toEqual([{ person: 'ben', from: at('2026-11-23T08:00'), to: at('2026-11-30T08:00') }])
})

test('gaps are the hours that nobody has, joined where they touch', () => {
  const overrides: ScheduleInput['overrides'] = [
    { ...kenji, kind: 'remove', remove: 'noa', from: '2026-11-24T03:00:00Z', to: '2026-11-24T05:00:00Z' },
  ]
  expect(
    gaps(
      scheduleOf({ layers: [{ ...nights, rotation: { ...nights.rotation, participants: ['noa'] } }], overrides }),
      at('2026-11-23T19:00'),
      at('2026-11-24T19:30'),
    ),
  ).toEqual([{ from: at('2026-11-24T03:00'), to: at('2026-11-24T19:00') }])
})

test('an empty or reversed range has no shift, no gap and no handoff', () => {
  for (const to of ['2026-11-24T00:00', '2026-11-23T00:00']) {
    expect(finalShifts(scheduleOf(), at('2026-11-24T00:00'), at(to))).toEqual([])
    expect(gaps(scheduleOf({ layers: [] }), at('2026-11-24T00:00'), at(to))).toEqual([])
    expect(handoffs(scheduleOf(), at('2026-11-24T00:00'), at(to))).toEqual([])
  }
})

test('handoffs name who goes and who comes, at the start of the range too and at its end not', () => {
  expect(handoffs(scheduleOf({ overrides: [kenji] }), at('2026-11-23T08:00'), at('2026-11-25T17:00'), nameOf)).toEqual([
    { at: at('2026-11-23T08:00'), off: ['ana'], on: ['ben'], people: ['ben'], reason: "layer 'Weekly', no override" },
    { at: at('2026-11-24T08:00'), off: ['ben'], on: ['kenji'], people: ['kenji'], reason: 'override by Kenji until Wed 25 Nov, 18:00 CET' },
  ])
})

test('a handoff from a person to themselves is none', () => {
  const alone = scheduleOf({ layers: [{ ...weekly, rotation: { ...weekly.rotation, participants: ['ana'] } }] })
  expect(handoffs(alone, at('2026-01-01T00:00'), at('2027-01-01T00:00'))).toEqual([])
})

describe('the next change', () => {
  test('is the first one after the instant, also months away', () => {
    expect(nextChange(scheduleOf(), at('2026-11-23T08:00'), at('2027-11-23T08:00'))).toMatchObject({
      at: at('2026-11-30T08:00'),
      off: ['ben'],
      on: ['ana'],
    })
    const ending = scheduleOf({
      layers: [{ ...weekly, rotation: { ...weekly.rotation, participants: ['ana'] }, until: '2027-10-01T00:00:00Z' }],
    })
    expect(nextChange(ending, at('2026-11-23T08:00'), at('2027-11-23T08:00'))).toMatchObject({
      at: at('2027-10-01T00:00'),
      off: ['ana'],
      on: [],
      people: [],
    })
  })
  test('is none when it lies at the horizon or beyond', () => {
    expect(nextChange(scheduleOf(), at('2026-11-23T08:00'), at('2026-11-30T08:00'))).toBeNull()
    expect(nextChange(scheduleOf(), at('2026-11-23T08:00'), at('2026-11-23T08:00'))).toBeNull()
  })
})

test('the rows under the final one show each layer as if it were alone', () => {
  expect(layerShifts(scheduleOf({ layers: [weekly, nights], overrides: [kenji] }), at('2026-11-24T12:00'), at('2026-11-25T12:00'))).toEqual(
    [
      { layer: 'Weekly', shifts: [{ person: 'ben', from: at('2026-11-24T12:00'), to: at('2026-11-25T12:00') }] },
      { layer: 'Nights', shifts: [{ person: 'noa', from: at('2026-11-24T19:00'), to: at('2026-11-25T05:00') }] },
    ],
  )
})

test.each([
  ['Europe/Berlin', '2026-03-28T12:00', '2026-03-29T12:00', '24 × 1'],
  ['Europe/Berlin', '2026-10-24T12:00', '2026-10-25T12:00', '22 × 1, 1 × 2'],
  ['America/New_York', '2026-03-07T12:00', '2026-03-08T12:00', '24 × 1'],
  ['America/New_York', '2026-10-31T12:00', '2026-11-01T12:00', '22 × 1, 1 × 2'],
  ['Australia/Lord_Howe', '2026-04-04T00:00', '2026-04-05T00:30', '23 × 1, 1 × 1.5'],
  ['Australia/Lord_Howe', '2026-10-03T00:30', '2026-10-04T00:00', '23 × 1, 1 × 0.5'],
  ['Asia/Kolkata', '2026-03-28T12:30', '2026-03-29T12:30', '24 × 1'],
])('over the change of the clock in %s (%s) hours turn on the wall clock, without gap', (zone, from, to, lengths) => {
  const rotation = { unit: 'hour' as const, length: 1, anchor: '2026-01-01T00:00', participants: ['a', 'b', 'c'] }
  const schedule = scheduleOf({ zone, layers: [{ name: 'Hourly', rotation }] })
  expect(gaps(schedule, at(from), at(to))).toEqual([])
  const hours = Map.groupBy(finalShifts(schedule, at(from), at(to)), (shift) => secondsBetween(shift.from, shift.to) / 3600)
  expect([...hours].map(([length, shifts]) => `${shifts.length} × ${length}`).join(', ')).toBe(lengths)
})
