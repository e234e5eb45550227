// Plays the schedule vectors of fixtures/schedules: each is mapped into our model, none is skipped without a reason written here.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { instant, latest, type Instant } from '#kernel/time.ts'
import { finalShifts, gaps, onCallAt, personShifts } from './final-schedule.ts'
import { rotationHandoffs, turnAt } from './rotation.ts'
import {
  RotationSchema,
  ScheduleSchema,
  weekdays,
  type Person,
  type Rotation,
  type ScheduleInput,
  type Weekday,
  type Window,
} from './schedule.ts'
import { dayMs, hourMs, wallClock, wallMs } from './wall-clock.ts'

/** Vectors that our model cannot express, by id, with the reason. All can be expressed today. */
const inexpressible: Record<string, string> = {}

type Groups = (Person | null)[][]
type LayerInput = ScheduleInput['layers'][number]

const vectors = loadVectors()

test('every vector is played, or listed with the reason why it cannot be', () => {
  const ids = vectors.map((vector) => vector.id)
  expect(new Set(ids).size).toBe(74)
  expect(Object.keys(inexpressible).filter((id) => !ids.includes(id))).toEqual([])
})

for (const vector of vectors.filter((one) => !(one.id in inexpressible))) {
  test(`${vector.id}: ${vector.origin.test}`, () => {
    const schedule = ScheduleSchema.parse(scheduleOf(vector))
    const { from, to } = vector.query
    const { shifts, gaps: holes, handoffs, at } = vector.expect
    expect(shifts ?? holes ?? handoffs ?? at).toBeDefined()
    if (shifts)
      expect(sorted(personShifts(finalShifts(schedule, from!, to!)))).toEqual(
        sorted(shifts.map(({ user, ...span }) => ({ person: user, ...span }))),
      )
    if (holes) expect(gaps(schedule, from!, to!)).toEqual(holes)
    if (handoffs) expect(rotationHandoffs(schedule.layers[0]!.rotation, schedule.zone, from!, to!)).toEqual(handoffs)
    if (at) {
      const answers = at.map(({ t }) => ({
        t,
        users: onCallAt(schedule, t)
          .people.map((one) => one.person)
          .sort(),
      }))
      expect(answers).toEqual(at.map(({ t, users }) => ({ t, users: users.toSorted() })))
    }
  })
}

function loadVectors() {
  // Strict: a field that the mapping does not know fails here instead of being ignored.
  const moment = z.string().transform((text): Instant => instant(text))
  const span = { from: moment, to: moment }
  const groups = z.array(z.array(z.string()))
  const day = z
    .enum(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])
    .transform((code) => weekdays.find((name) => code.toLowerCase() === name.slice(0, 2))!)
  const recurrence = z.strictObject({
    freq: z.enum(['hourly', 'daily', 'weekly', 'monthly']),
    interval: z.int(),
    start: z.string(),
    duration: z.int().max(86_400),
    participants: groups,
    byDay: z.array(day).optional(),
    byMonthDay: z.array(z.int()).optional(),
    weekStart: day.default('mon'),
    rotationStart: moment.optional(),
    until: moment.optional(),
  })
  const layer = z.strictObject({
    id: z.string(),
    priority: z.int().default(0),
    user: z.string().optional(),
    recurrence: recurrence.optional(),
    rotation: z
      .strictObject({
        unit: z.enum(['hour', 'day', 'week', 'month']),
        length: z.int(),
        anchor: z.string(),
        participants: groups,
        currentAt: z.strictObject({ instant: moment, index: z.int() }).optional(),
      })
      .optional(),
    windows: z
      .array(
        z.union([
          z.strictObject({ days: z.array(day), from: z.string(), to: z.string() }),
          z.strictObject({ weekFrom: z.tuple([day, z.string()]), weekTo: z.tuple([day, z.string()]) }),
        ]),
      )
      .optional(),
  })
  const override = z.strictObject({
    mode: z.enum(['replace', 'add', 'remove', 'takeover', 'period']),
    add: z.string().optional(),
    remove: z.string().optional(),
    priority: z.int().default(0),
    shifts: z.array(z.strictObject({ user: z.string(), ...span })).optional(),
    ...span,
  })
  const file = z.strictObject({
    vectors: z.array(
      z.strictObject({
        id: z.string(),
        origin: z.object({ test: z.string() }),
        expectation: z.string(),
        tags: z.array(z.string()),
        note: z.string().optional(),
        zone: z.string(),
        combine: z.enum(['union', 'priority']),
        layers: z.array(layer),
        overrides: z.array(override).default([]),
        query: z.strictObject({ from: moment.optional(), to: moment.optional(), instants: z.array(moment).optional() }),
        expect: z.strictObject({
          shifts: z.array(z.strictObject({ user: z.string(), ...span })).optional(),
          gaps: z.array(z.strictObject(span)).optional(),
          handoffs: z.array(moment).optional(),
          at: z.array(z.strictObject({ t: moment, users: z.array(z.string()) })).optional(),
        }),
      }),
    ),
  })
  const folder = new URL('fixtures/schedules/', import.meta.url)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => file.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))).vectors)
}

type Vector = ReturnType<typeof loadVectors>[number]
type Recurrence = NonNullable<Vector['layers'][number]['recurrence']>

function scheduleOf({ zone, combine, layers, overrides }: Vector): ScheduleInput {
  const byRank = layers.toSorted((a, b) => a.priority - b.priority)
  return {
    slug: 'vector',
    name: 'Vector',
    zone,
    combine,
    layers: byRank.flatMap((layer, i) => {
      const sameRank = byRank[i - 1]?.priority === layer.priority
      return layersOf(layer, zone).map((one, j) => ({ ...one, name: `${layer.id} ${j}`, beside: j > 0 || sameRank }))
    }),
    // Takeovers hide the other kinds, the highest priority hides the other takeovers: as if made last.
    overrides: overrides
      .toSorted((a, b) => Number(a.mode === 'takeover') - Number(b.mode === 'takeover') || a.priority - b.priority)
      .map(({ mode, add, remove, shifts = [], from, to }, i) => {
        const fields = { id: `o${i}`, by: 'vector', from, to }
        switch (mode) {
          case 'replace':
            return { kind: mode, add: add!, remove: remove!, ...fields }
          case 'remove':
            return { kind: mode, remove: remove!, ...fields }
          case 'period':
            return { kind: mode, shifts: shifts.map(({ user, ...span }) => ({ person: user, ...span })), ...fields }
          default:
            return { kind: mode, add: add!, ...fields }
        }
      }),
  }
}

/** One layer of a vector as layers of ours: a turn of several people is as many layers beside each other. */
function layersOf({ user, rotation, recurrence, windows }: Vector['layers'][number], zone: string): Omit<LayerInput, 'name'>[] {
  if (recurrence) return recurring(recurrence, zone)
  const ours = windows?.map((window): Window =>
    'days' in window
      ? { kind: 'weekdays', ...window }
      : { kind: 'time-of-week', fromDay: window.weekFrom[0], from: window.weekFrom[1], toDay: window.weekTo[0], to: window.weekTo[1] },
  )
  if (!rotation) return [{ rotation: { unit: 'week', length: 1, anchor: '2000-01-01T00:00', participants: [user!] }, windows: ours }]
  const { currentAt, participants, ...turns } = rotation
  const shift = currentAt
    ? currentAt.index - turnAt(RotationSchema.parse({ ...turns, participants: [null] }), zone, currentAt.instant).index
    : 0
  return columns({ ...turns, participants: participants.map((_, i) => participants[mod(i + shift, participants.length)]!) }).map((one) => ({
    rotation: one,
    windows: ours,
  }))
}

const columns = ({ participants, ...turns }: Omit<Rotation, 'participants'> & { participants: Groups }): Rotation[] =>
  Array.from({ length: Math.max(...participants.map((group) => group.length)) }, (_, i) => ({
    ...turns,
    participants: participants.map((group) => group[i] ?? null),
  }))

/** A shift that is shorter than its period is a rotation with windows; an interval is turns of nobody in between. */
function recurring(
  { freq, interval, start, duration, participants, byDay, byMonthDay, weekStart, rotationStart, until }: Recurrence,
  zone: string,
) {
  const first = wallMs(start)
  const startInstant = instant(wallClock(zone).toInstant(first))
  const limits = { from: rotationStart ? latest(startInstant, rotationStart) : startInstant, until }
  const hoursFrom = (wall: number) => ({ from: timeOf(wall), to: timeOf(wall + duration * 1000) })
  const spaced: Groups = participants.flatMap((group) => [group, ...Array.from({ length: interval - 1 }, () => [])])
  const layered = (unit: Rotation['unit'], length: number, anchor: number, groups: Groups, windows: Window[]) =>
    columns({ unit, length, anchor: new Date(anchor).toISOString().slice(0, 19), participants: groups }).map((rotation) => ({
      rotation,
      windows,
      ...limits,
    }))
  switch (freq) {
    case 'hourly': {
      expect(24 % interval).toBe(0)
      const starts = Array.from({ length: 24 / interval }, (_, i) => first + i * interval * hourMs)
      return layered(
        'hour',
        interval,
        first,
        participants,
        starts.map((wall) => ({ kind: 'daily', ...hoursFrom(wall) })),
      )
    }
    case 'daily': {
      if (!byDay) return layered('day', 1, first, spaced, [{ kind: 'daily', ...hoursFrom(first) }])
      // Only the occurrences count: each weekday is a weekly rotation of its own that takes every n-th of them.
      const ahead = byDay.map((day) => mod(weekdays.indexOf(day) - weekdayOf(first), 7)).sort((a, b) => a - b)
      return ahead.flatMap((days, i) => {
        const turns = Array.from(
          { length: participants.length * interval },
          (_, week) => participants[Math.floor((week * ahead.length + i) / interval) % participants.length]!,
        )
        const day: Weekday = weekdays[(weekdayOf(first) + days) % 7]!
        return layered('week', 1, first + days * dayMs, turns, [{ kind: 'weekdays', days: [day], ...hoursFrom(first) }])
      })
    }
    case 'weekly': {
      const week = first - mod(weekdayOf(first) - weekdays.indexOf(weekStart), 7) * dayMs
      return layered('week', 1, week, spaced, [{ kind: 'weekdays', days: byDay ?? [weekdays[weekdayOf(first)]!], ...hoursFrom(first) }])
    }
    case 'monthly': {
      const month = first - (new Date(first).getUTCDate() - 1) * dayMs
      const window: Window = byMonthDay
        ? { kind: 'month-days', days: byMonthDay, ...hoursFrom(first) }
        : { kind: 'weekdays', days: byDay!, ...hoursFrom(first) }
      return layered('month', 1, month, spaced, [window])
    }
  }
}

const mod = (value: number, by: number): number => ((value % by) + by) % by
const weekdayOf = (wall: number): number => (new Date(wall).getUTCDay() + 6) % 7
const timeOf = (wall: number): string => new Date(wall).toISOString().slice(11, 19)
const sorted = <Shift extends { person: string; from: string }>(shifts: Shift[]): Shift[] =>
  shifts.toSorted((a, b) => (`${a.from} ${a.person}` < `${b.from} ${b.person}` ? -1 : 1))
