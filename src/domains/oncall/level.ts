// Whom a level pages at a moment, with the reason for each person, and why nobody when it is nobody. Pure: everything known stands in the book.
import type { UserId } from '#kernel/actor.ts'
import type { Instant } from '#kernel/time.ts'
import { onCallAt } from './final-schedule.ts'
import type { Level, Target } from './policy.ts'
import type { Schedule } from './schedule.ts'

/** What a policy's targets mean at the time of reading: schedules with their overrides by slug, teams' members and people by handle. */
export type Book = {
  schedules: Readonly<Record<string, Schedule>>
  teams: Readonly<Record<string, { name: string; members: string[] }>>
  people: Readonly<Record<string, { id: UserId; name: string; zone: string; disabled: boolean }>>
}
export type PagedPerson = { userId: UserId; name: string; zone: string; reason: string }

/** People are distinct; the first reason that names one counts. */
export function peopleOfLevel(level: Level, book: Book, at: Instant): { people: PagedPerson[]; reason: string } {
  const found = level.targets.map((target) => peopleOfTarget(target, book, at))
  const people: PagedPerson[] = []
  for (const { people: some } of found) for (const one of some) if (!people.some((other) => other.userId === one.userId)) people.push(one)
  const causes = found.flatMap(({ nobody }) => (nobody === undefined ? [] : [nobody]))
  return { people, reason: people.length > 0 ? people.map((one) => `${one.name} (${one.reason})`).join(', ') : causes.join('; ') }
}

function peopleOfTarget(target: Target, book: Book, at: Instant): { people: PagedPerson[]; nobody?: string } {
  if ('user' in target) return peopleBy([target.user], book, () => 'named by the policy', `${nameOf(book, target.user)} is not there`)
  if ('team' in target) {
    const team = book.teams[target.team]
    if (!team) return { people: [], nobody: `there is no team ${target.team}` }
    return peopleBy(team.members, book, () => `a member of ${team.name}`, `${team.name} has no members`)
  }
  const schedule = book.schedules[target.schedule]
  if (!schedule) return { people: [], nobody: `there is no schedule ${target.schedule}` }
  const now = onCallAt(schedule, at, (handle) => nameOf(book, handle))
  const reasons = new Map(now.people.map((one) => [one.person, one.reason]))
  return peopleBy(
    [...reasons.keys()],
    book,
    (handle) => `on call for ${schedule.name}: ${reasons.get(handle)}`,
    `${schedule.name}: ${now.reason}`,
  )
}

function peopleBy(
  handles: readonly string[],
  book: Book,
  reasonOf: (handle: string) => string,
  nobody: string,
): { people: PagedPerson[]; nobody?: string } {
  const people: PagedPerson[] = []
  const missing: string[] = []
  for (const handle of handles) {
    const person = book.people[handle]
    if (!person) missing.push(`there is no person ${handle}`)
    else if (person.disabled) missing.push(`${person.name} is disabled`)
    else people.push({ userId: person.id, name: person.name, zone: person.zone, reason: reasonOf(handle) })
  }
  return people.length > 0 ? { people } : { people, nobody: missing.length > 0 ? missing.join(', ') : nobody }
}

const nameOf = (book: Book, handle: string): string => book.people[handle]?.name ?? handle
