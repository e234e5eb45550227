// Who is on call when: layers by their order, then overrides. Everything is computed from one sweep over the borders of turns, windows and
// overrides; between two borders nothing changes. Half-open ranges; the answer for an instant and for a range cannot differ.
import { addSeconds, earliest, epochMs, instant, type Instant } from '#kernel/time.ts'
import { applyOverrides, countingAt, distinct, overrideSentence, timedOverrides, type NameOf, type OnCall } from './overrides.ts'
import { intersection, windowSpans, type Span } from './restriction.ts'
import { turnsMs } from './rotation.ts'
import type { Layer, Override, Person, Schedule } from './schedule.ts'

/** Somebody on call over a range, and why. `layer` is a layer's name, `override` an override's id; one of them is null. */
export type Shift = { person: Person; from: Instant; to: Instant; layer: string | null; override: string | null; reason: string }
/** Somebody's range, whatever put them there. */
export type PersonShift = { person: Person; from: Instant; to: Instant }
/** A change of the set of people on call. `people` is the set from `at` on. */
export type Change = { at: Instant; off: Person[]; on: Person[]; people: Person[]; reason: string }

/** `layer` is null for somebody whom an override put there. Nobody is an empty list with its reason. */
export type Answer = { people: { person: Person; layer: string | null; reason: string }[]; reason: string }

/** Who is on call at an instant. */
export function onCallAt(schedule: Schedule, at: Instant, nameOf: NameOf = ownId): Answer {
  return answerOf(segmentsOf(schedule, epochMs(at), epochMs(at) + 1)[0]!, schedule, nameOf)
}

/**
 * Who is on call at an instant, the first change after it and before `horizon`, and the first gap that begins before `near`: what `onCallAt`, `nextChange`
 * and `gaps` say, of one sweep where the change comes before `near`, which lies after `at` and not after `horizon`.
 */
export function outlookAt(
  schedule: Schedule,
  at: Instant,
  { near, horizon }: { near: Instant; horizon: Instant },
  nameOf: NameOf = ownId,
): Answer & { change: Change | null; gap: { from: Instant; to: Instant } | null } {
  const segments = segmentsOf(schedule, epochMs(at), epochMs(near))
  return {
    ...answerOf(segments[0]!, schedule, nameOf),
    change: changesOf(segments, schedule, nameOf)[0] ?? nextChange(schedule, addSeconds(near, -0.001), horizon, nameOf),
    gap: gapsOf(segments)[0] ?? null,
  }
}

/** The final schedule over [from, to), cut at both ends, sorted by start and person. One person's shifts are disjoint; they touch where
 * the same person stays on for another reason (`personShifts` joins those). */
export function finalShifts(schedule: Schedule, from: Instant, to: Instant, nameOf: NameOf = ownId): Shift[] {
  type Open = Span & { one: OnCall }
  const open = new Map<Person, Open>()
  const done: Open[] = []
  for (const segment of segmentsOf(schedule, epochMs(from), epochMs(to))) {
    for (const one of segment.on) {
      const last = open.get(one.person)
      if (last?.to === segment.from && last.one.layer === one.layer && last.one.override === one.override) last.to = segment.to
      else {
        const fresh = { from: segment.from, to: segment.to, one }
        open.set(one.person, fresh)
        done.push(fresh)
      }
    }
  }
  return done
    .sort((a, b) => a.from - b.from || (a.one.person < b.one.person ? -1 : 1))
    .map(({ one, ...span }) => ({
      person: one.person,
      from: instant(span.from),
      to: instant(span.to),
      layer: one.layer,
      override: one.override?.id ?? null,
      reason: personReason(one, schedule, nameOf),
    }))
}

/** Joins each person's shifts where they touch. Expects and keeps the order of `finalShifts`. */
export function personShifts(shifts: readonly PersonShift[]): PersonShift[] {
  const last = new Map<Person, PersonShift>()
  const result: PersonShift[] = []
  for (const { person, from, to } of shifts) {
    const open = last.get(person)
    if (open?.to === from) open.to = to
    else {
      const fresh = { person, from, to }
      last.set(person, fresh)
      result.push(fresh)
    }
  }
  return result
}

/** The ranges of [from, to) in which nobody is on call: sorted, none touching another. */
export const gaps = (schedule: Schedule, from: Instant, to: Instant): { from: Instant; to: Instant }[] =>
  gapsOf(segmentsOf(schedule, epochMs(from), epochMs(to)))

/** Every change of the set of people on call at an instant of [from, to). */
export function handoffs(schedule: Schedule, from: Instant, to: Instant, nameOf: NameOf = ownId): Change[] {
  // Instants are whole milliseconds: one earlier shows who was on call when `from` came.
  return from >= to ? [] : changesOf(segmentsOf(schedule, epochMs(from) - 1, epochMs(to)), schedule, nameOf)
}

/** The first change after `at` and before `horizon`, or null when there is none. */
export function nextChange(schedule: Schedule, at: Instant, horizon: Instant, nameOf: NameOf = ownId): Change | null {
  const after = addSeconds(at, 0.001)
  for (let days = 2; after < horizon; days *= 8) {
    const end = earliest(addSeconds(at, days * 86_400), horizon)
    const change = handoffs(schedule, after, end, nameOf)[0]
    if (change) return change
    if (end === horizon) break
  }
  return null
}

/** What each layer alone says over [from, to), in the order of the layers, before priority and overrides: the rows under the final one. */
export function layerShifts(schedule: Schedule, from: Instant, to: Instant): { layer: string; shifts: PersonShift[] }[] {
  return schedule.layers.map((layer) => ({
    layer: layer.name,
    shifts: personShifts(
      layerSpans(layer, schedule.zone, epochMs(from), epochMs(to)).flatMap((span) => {
        const end = Math.min(span.to, goneFrom(schedule, span.person))
        return span.from < end ? [{ person: span.person, from: instant(span.from), to: instant(end) }] : []
      }),
    ),
  }))
}

type Segment = Span & { on: OnCall[]; effective: Override[] }

/** Cuts [from, to) at every border and answers for each piece; the pieces follow one another without a hole. */
function segmentsOf(schedule: Schedule, from: number, to: number): Segment[] {
  if (from >= to) return []
  const rows = schedule.layers.map((layer) => ({ layer, spans: layerSpans(layer, schedule.zone, from, to), next: 0 }))
  const overrides = timedOverrides(schedule.overrides, from, to)
  const borders = new Set<number>([from])
  const addBorders = (span: Span) => [span.from, span.to].forEach((at) => at > from && at < to && borders.add(at))
  for (const row of rows) row.spans.forEach(addBorders)
  for (const timed of overrides) [timed, ...timed.shifts].forEach(addBorders)
  for (const since of schedule.gone?.values() ?? []) addBorders({ from: epochMs(since), to: epochMs(since) })

  const starts = [...borders].sort((a, b) => a - b)
  return starts.map((start, i) => {
    let base: OnCall[] = []
    const isThere = (person: Person) => start < goneFrom(schedule, person)
    const counts = countingAt(overrides, start, isThere)
    for (const row of rows) {
      while (row.next < row.spans.length && row.spans[row.next]!.to <= start) row.next++
      const span = row.spans[row.next]
      if (!span || span.from > start || !counts(span.person)) continue
      const entry = { person: span.person, layer: row.layer.name, override: null }
      if (schedule.combine === 'union' || sharesRank(schedule.layers, base, row.layer)) base.push(entry)
      else base = [entry]
    }
    const { on, effective } = applyOverrides(distinct(base), overrides, start, counts)
    return { from: start, to: starts[i + 1] ?? to, on: on.filter(({ person }) => isThere(person)), effective }
  })
}

function answerOf(segment: Segment, schedule: Schedule, nameOf: NameOf): Answer {
  const people = segment.on.map((one) => ({ person: one.person, layer: one.layer, reason: personReason(one, schedule, nameOf) }))
  return { people, reason: segmentReason(segment, schedule, nameOf) }
}

function gapsOf(segments: readonly Segment[]): { from: Instant; to: Instant }[] {
  const empty: Span[] = []
  for (const segment of segments) {
    const last = empty.at(-1)
    if (segment.on.length > 0) continue
    if (last?.to === segment.from) last.to = segment.to
    else empty.push({ from: segment.from, to: segment.to })
  }
  return empty.map((span) => ({ from: instant(span.from), to: instant(span.to) }))
}

function changesOf(segments: readonly Segment[], schedule: Schedule, nameOf: NameOf): Change[] {
  const changes: Change[] = []
  let before: Person[] | null = null
  for (const segment of segments) {
    const people = segment.on.map((one) => one.person)
    if (before) {
      const off = before.filter((person) => !people.includes(person))
      const on = people.filter((person) => !before!.includes(person))
      if (off.length + on.length > 0)
        changes.push({ at: instant(segment.from), off, on, people, reason: segmentReason(segment, schedule, nameOf) })
    }
    before = people
  }
  return changes
}

/** Whether the people found so far stand on this layer's rank: all layers between theirs and this one, and this one, are `beside`. */
function sharesRank(layers: readonly Layer[], base: readonly OnCall[], layer: Layer): boolean {
  const found = layers.findIndex((one) => one.name === base[0]?.layer)
  return found >= 0 && layers.slice(found + 1, layers.indexOf(layer) + 1).every((one) => one.beside)
}

/** Where a layer has somebody: its turns, within its windows, its from and its until. Sorted and disjoint. */
function layerSpans(layer: Layer, zone: string, from: number, to: number): (Span & { person: Person })[] {
  const start = Math.max(from, layer.from ? epochMs(layer.from) : from)
  const end = Math.min(to, layer.until ? epochMs(layer.until) : to)
  if (start >= end) return []
  const turns = turnsMs(layer.rotation, zone, start, end).filter((turn): turn is Span & { person: Person } => turn.person !== null)
  return intersection(turns, layer.windows ? windowSpans(layer.windows, zone, start, end) : [{ from: start, to: end }])
}

const goneFrom = ({ gone }: Schedule, person: Person): number => {
  const since = gone?.get(person)
  return since === undefined ? Infinity : epochMs(since)
}

/** Who would be on call at an instant if nobody were gone, and is gone. */
function goneAt({ gone, ...schedule }: Schedule, at: number): Person[] {
  if (gone === undefined || gone.size === 0) return []
  return segmentsOf(schedule, at, at + 1)[0]!.on.flatMap(({ person }) => (gone.has(person) ? [person] : []))
}

const ownId: NameOf = (person) => person

function personReason({ layer, override }: OnCall, schedule: Schedule, nameOf: NameOf): string {
  if (!override) return `layer '${layer}'`
  const instead = override.kind === 'replace' ? `, in place of ${nameOf(override.remove)}` : ''
  return `${overrideSentence(override, schedule.zone, nameOf)}${instead}${override.why === '' ? '' : `: ${override.why}`}`
}

function segmentReason({ from, on, effective }: Segment, schedule: Schedule, nameOf: NameOf): string {
  const layers = on.flatMap((one) => (one.layer === null ? [] : [`'${one.layer}'`]))
  const named = layers.length === 0 ? [] : [`${layers.length === 1 ? 'layer' : 'layers'} ${layers.join(' and ')}`]
  const sentences = effective.map((override) => overrideSentence(override, schedule.zone, nameOf))
  if (on.length === 0) {
    const why = [...sentences, ...goneAt(schedule, from).map((person) => `${nameOf(person)} is disabled`)]
    return `nobody: ${why.length > 0 ? why.join('; ') : 'no layer has anybody then, no override'}`
  }
  return sentences.length > 0 ? [...named, ...sentences].join('; ') : `${named.join()}, no override`
}
