// Reads what levels mean right now into a book, for pure decisions.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { instant, type Instant } from '#kernel/time.ts'
import { findTeam, findUsers, listAdministrators, membersOf, type User } from '#domains/directory/index.ts'
import type { Book } from './level.ts'
import { namesIn, type Level } from './policy.ts'
import type { Schedule } from './schedule.ts'
import * as store from './schedule-store.ts'

/** Everything that these levels name, as the scope sees it. */
export async function readBook(scope: Scope, levels: readonly Level[]): Promise<Book> {
  const names = namesIn(levels)
  const schedules = await store.findSchedules(scope, names.schedules)
  const teams: NonNullable<Awaited<ReturnType<typeof findTeam>>>[] = []
  for (const slug of names.teams) {
    const team = await findTeam(scope, slug)
    if (team) teams.push(team)
  }
  const members =
    teams.length > 0
      ? await membersOf(
          scope,
          teams.map((team) => team.id),
        )
      : []
  const handles = new Set([...names.users, ...members.map((member) => member.handle), ...schedules.flatMap(handlesIn)])
  return {
    schedules: byName(schedules.map((schedule) => [schedule.slug, { ...schedule, gone: goneAlready(schedule.gone) }])),
    teams: byName(
      teams.map((team) => [
        team.slug,
        { name: team.name, members: members.filter((member) => member.teamId === team.id).map((member) => member.handle) },
      ]),
    ),
    people: await readPeople(scope, handles),
  }
}

/** A book is about now and what comes: whoever is gone is gone, also where another node's clock, which wrote it, is ahead of ours. */
const goneAlready = (gone: ReadonlyMap<string, Instant>): Schedule['gone'] =>
  new Map([...gone.keys()].map((person) => [person, instant(0)]))

/** People by handle, also by id for those who are named so. */
export async function readPeople(scope: Scope, handles: Iterable<string>): Promise<Book['people']> {
  const wanted = [...handles]
  const users = wanted.length > 0 ? await findUsers(scope, wanted) : []
  return byName(users.map(({ id, handle, name, zone, disabledAt }) => [handle, { id, name, zone, disabled: disabledAt !== null }]))
}

/** Only what was put in is found: a plain object would answer for the name `constructor` too. */
const byName = <One>(entries: [string, One][]): Record<string, One> =>
  Object.assign(Object.create(null) as Record<string, One>, Object.fromEntries(entries))

/** Everybody that a schedule names: in its rotations and in its overrides. */
export function handlesIn(schedule: Schedule): string[] {
  const named = schedule.layers.flatMap((layer) => layer.rotation.participants.filter((person) => person !== null))
  for (const override of schedule.overrides) {
    named.push(override.by)
    if ('add' in override) named.push(override.add)
    if ('remove' in override) named.push(override.remove)
    if (override.kind === 'period') named.push(...override.shifts.map((shift) => shift.person))
  }
  return [...new Set(named)]
}

export type Owner = { userId: UserId; name: string; zone: string }

/** Who is told when nobody answers: the team's leads, else those who administer. A lead who was disabled is none. */
export async function readOwners(scope: Scope, teamId: string | null): Promise<Owner[]> {
  const leads = teamId === null ? [] : await readLeads(scope, teamId)
  const users = leads.length > 0 ? leads : await listAdministrators(scope)
  return users.map(({ id, name, zone }) => ({ userId: id, name, zone }))
}

async function readLeads(scope: Scope, teamId: string): Promise<User[]> {
  const leads = (await membersOf(scope, [teamId])).filter((member) => member.role === 'lead')
  if (leads.length === 0) return []
  const users = await findUsers(
    scope,
    leads.map((lead) => lead.userId),
  )
  return users.filter((user) => user.disabledAt === null)
}
