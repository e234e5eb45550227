// Tells people that somebody else has changed when they are on call: as an update, it wakes nobody.
import { personOf } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { latest, spokenTime, type Instant } from '#kernel/time.ts'
import { reach } from '#domains/notifications/index.ts'
import type { Book } from './level.ts'
import { concernsOf, type Concern } from './concerned.ts'
import type { ScheduleRow } from './schedule-store.ts'

/** What was done: `at` names it among the messages, `words` says it to whoever loses time, and to whoever gains some. */
export type Rearranged = {
  at: string
  before: ScheduleRow
  after: ScheduleRow
  from: Instant
  to: Instant
  why: string
  words: { loses: string; gains: string }
}

/** Everybody but whoever did it, and those of `told`, who hear it otherwise. What is over already is not told. */
export async function tellConcerned(
  { actor, now, tell }: Pick<CommandContext, 'actor' | 'now' | 'tell'>,
  { at, before, after, from, to, why, words }: Rearranged,
  people: Book['people'],
  told: readonly string[] = [],
): Promise<void> {
  for (const concern of concernsOf(before, after, latest(from, now), to)) {
    const person = people[concern.person]
    if (!person || person.disabled || person.id === personOf(actor) || told.includes(concern.person)) continue
    await tell(reach, `${at}/${person.id}`, {
      type: 'start',
      userId: person.id,
      about: { schedule: before.id },
      urgency: 'update',
      title: concern.loses.length > 0 ? words.loses : words.gains,
      body: `${bodyOf(concern, person.zone)}${why === '' ? '' : ` “${why}”`}`,
      path: `/oncall/schedules/${before.slug}`,
    })
  }
}

function bodyOf({ gains, loses }: Concern, zone: string): string {
  const parts = [
    ...(loses.length > 0 ? [`You are not on call ${spoken(loses, zone)}.`] : []),
    ...(gains.length > 0 ? [`You are on call ${spoken(gains, zone)}.`] : []),
  ]
  return parts.join(' ')
}

const mostSpans = 3

function spoken(spans: readonly { from: Instant; to: Instant }[], zone: string): string {
  const some = spans.slice(0, mostSpans).map(({ from, to }) => `from ${spokenTime(from, zone)} to ${spokenTime(to, zone)}`)
  const more = spans.length - some.length
  return `${some.join(', ')}${more > 0 ? `, and ${more} more ${more === 1 ? 'time' : 'times'}` : ''}`
}
