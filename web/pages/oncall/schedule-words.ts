// What schedules say in words: spans, zones with their offset, gaps, who is on call now.
import type { Output } from '../../api/client.ts'
import { absoluteTime, clockTime, dayWords, durationWords, zoneName, zoneOffset } from '../../ui/index.ts'

export type Range = Output<'oncall.finalSchedule'>
export type Now = Output<'oncall.now'>['items'][number]
export type Shift = Range['final'][number]
export type PersonView = Shift['person']
export interface Span {
  from: string
  to: string
}

/** For avatars: somebody who is nobody's any more keeps the handle. */
export const personRef = ({ id, handle, name }: PersonView) => ({ id: id ?? handle, name })

/** "Europe/Berlin, CET (UTC+1)" */
export function zoneWords(zone: string, atMs: number): string {
  const [name, offset] = [zoneName(atMs, zone), zoneOffset(atMs, zone)]
  return name === offset || zone === name ? `${zone} (${offset})` : `${zone}, ${name} (${offset})`
}

/** "Sat 28 Nov, 22:00 to Sun 29 Nov, 08:00 CET"; one day is named once. */
export function spanWords({ from, to }: Span, zone: string, nowMs: number): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  const when = { zone, nowMs }
  const oneDay = dayWords(fromMs, when) === dayWords(toMs, when)
  // Over a change of the clocks both ends are named: 01:30 CET to 03:30 CEST is one hour.
  const nameZone = zoneName(fromMs, zone) !== zoneName(toMs, zone)
  return `${absoluteTime(fromMs, { ...when, nameZone })} to ${oneDay ? `${clockTime(toMs, zone)} ${zoneName(toMs, zone)}` : absoluteTime(toMs, when)}`
}

/** "until Mon 30 Nov, 09:00 CET"; the server looks 60 days ahead, so that a shift of one's own that reaches as far has no end that is known. */
export const untilWords = (to: string, zone: string, nowMs: number): string =>
  Date.parse(to) - nowMs > 59.5 * 86_400_000 ? 'for the next 60 days' : `until ${absoluteTime(Date.parse(to), { zone, nowMs })}`

/** Of one's own shifts: until when one runs, else its span. */
export const myShiftWords = (shift: Span, zone: string, nowMs: number): string =>
  Date.parse(shift.from) > nowMs ? spanWords(shift, zone, nowMs) : untilWords(shift.to, zone, nowMs)

/** "Wed 09:00 – Mon 09:00", "09:00 – 17:00" within a day: for a bar, where the days stand above it. */
export function hoursWords({ from, to }: Span, zone: string): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  const day = (atMs: number) => dayWords(atMs, { zone, nowMs: fromMs })
  const hour = (atMs: number) => clockTime(atMs, zone)
  if (day(fromMs) === day(toMs)) return `${hour(fromMs)} – ${hour(toMs)}`
  return `${day(fromMs).slice(0, 3)} ${hour(fromMs)} – ${day(toMs).slice(0, 3)} ${hour(toMs)}`
}

/** What of a range touches [fromMs, toMs): it was asked for beyond both ends, so that a shift tells where it truly begins and ends. */
export function touching(range: Range, fromMs: number, toMs: number): Range {
  const touches = (span: Span) => Date.parse(span.from) < toMs && Date.parse(span.to) > fromMs
  return {
    ...range,
    final: range.final.filter(touches),
    layers: range.layers.map((layer) => ({ ...layer, shifts: layer.shifts.filter(touches) })),
    overrides: range.overrides.filter(touches),
    gaps: range.gaps.filter(touches),
  }
}

/** A gap that is meant: every layer of the schedule has its hours, and no override made it. Everything else is a fault. */
export function isOffHours({ layers }: Pick<Range['schedule'], 'layers'>, gap: Span, overrides: readonly Span[] = []): boolean {
  return (
    layers.length > 0 &&
    layers.every((layer) => layer.windows !== undefined) &&
    !overrides.some((override) => override.from < gap.to && override.to > gap.from)
  )
}

/** "Ana", "Ana and Ben", "Ana, Ben and 3 more"; nobody is "nobody". */
export function named(people: readonly { name: string }[]): string {
  const names = people.map((one) => one.name)
  if (names.length === 0) return 'nobody'
  if (names.length <= 2) return names.join(' and ')
  return names.length === 3 ? `${names[0]}, ${names[1]} and ${names[2]}` : `${names[0]}, ${names[1]} and ${names.length - 2} more`
}

/** "42 h left" */
export const leftWords = (until: string, nowMs: number): string => `${durationWords(Math.max(0, (Date.parse(until) - nowMs) / 1000))} left`

/** The sentence that /oncall opens with, most urgent first. `mine` are the schedules on which the reader is now. */
export function onCallSentence(
  items: readonly Now[],
  mine: readonly { schedule: { name: string }; to: string }[],
  when: { zone: string; nowMs: number },
): string {
  if (items.length === 0) return 'There is no schedule yet'
  const empty = items.filter((item) => item.people.length === 0 && !isOffHours(item.schedule, { from: item.at, to: item.until ?? item.at }))
  if (empty.length > 0) return `Nobody is on call for ${named(empty.map((item) => item.schedule))} now`
  const own = mine[0]
  if (own) return `You are on call for ${named(mine.map((shift) => shift.schedule))} ${untilWords(own.to, when.zone, when.nowMs)}`
  const gaps = items.filter((item) => item.gap && !isOffHours(item.schedule, item.gap))
  return gaps.length > 0
    ? `Every schedule has somebody now, but not over all of the next 7 days: ${named(gaps.map((item) => item.schedule))}`
    : 'Every schedule has somebody in its hours, also over the next 7 days'
}
