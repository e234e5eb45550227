// Who is asked, now: roles are handed over and shifts change while a question waits.
import { may, personOf, system, type Actor, type Permission, type UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { findTeam, findUser, findUsers, membersOf } from '#domains/directory/index.ts'
import type { Who } from './definition.ts'
import type { Run, RunAsk } from './run-store.ts'
import { holdersOf, onCallIn, seeing, thoseWho } from './surroundings.ts'

/**
 * Everybody who is asked at this moment, as far as the scope sees them; of an incident's run those who see the incident. Empty: nobody could be found, or
 * nobody was named.
 */
export async function peopleOf(scope: Scope, who: readonly Who[], incidentId: string | null): Promise<UserId[]> {
  const found: UserId[] = []
  for (const one of who) {
    if ('user' in one) {
      const user = await findUser(scope, one.user)
      if (user) found.push(user.id)
    } else if ('team' in one) {
      const team = await findTeam(scope, one.team)
      if (team) found.push(...(await membersOf(scope, [team.id])).map(({ userId }) => userId))
    } else if ('role' in one) {
      if (incidentId !== null) found.push(...(await holdersOf(scope, incidentId, one.role)))
    } else found.push(...(await onCallIn(scope, one.schedule, scope.now)))
  }
  const here = new Set((await findUsers(scope, found)).filter(({ disabledAt }) => disabledAt === null).map(({ id }) => id))
  const people = [...new Set(found)].filter((id) => here.has(id))
  return incidentId === null ? people : seeing(scope, incidentId, people)
}

/** What it takes to answer: who is named and has it not is shown the question, and not told that it waits for them. */
export const answering = ({ kind }: Pick<RunAsk, 'kind'>): Permission => (kind === 'approval' ? 'runbooks:approve' : 'runbooks:run')

/** Those of them who may answer it. */
export const whoMayAnswer = (
  scope: Scope,
  { teamId }: Pick<Run, 'teamId'>,
  ask: Pick<RunAsk, 'kind'>,
  userIds: readonly UserId[],
): Promise<UserId[]> => thoseWho(scope, userIds, async (theirs) => may(theirs.actor, answering(ask), teamId))

/**
 * Whether this actor is among those who are asked. Where nobody is named, or none of those named can be found and may answer, everybody is who may: a
 * question must not wait for a role that nobody holds. Behind the walls of a team there is somebody, though this actor does not see them.
 */
export async function isAsked(
  scope: Scope,
  actor: Actor,
  run: Pick<Run, 'incidentId' | 'teamId'>,
  ask: Pick<RunAsk, 'kind' | 'who'>,
): Promise<boolean> {
  if (actor.kind === 'system') return true
  const person = personOf(actor)
  const all: Scope = { ...scope, actor: system('runbooks.who-is-asked') }
  const people = await whoMayAnswer(all, run, ask, await peopleOf(all, ask.who, run.incidentId))
  return people.length === 0 || (person !== undefined && people.includes(person))
}

/** "Mara Lindqvist (commander)", "the team payments": whom a question waits for, in words. */
export async function spokenWho(scope: Scope, who: readonly Who[], incidentId: string | null): Promise<string> {
  const parts: string[] = []
  for (const one of who) {
    const people = await peopleOf(scope, [one], incidentId)
    const names = (await findUsers(scope, people)).map(({ name }) => name)
    if ('user' in one) parts.push(names[0] ?? one.user)
    else if ('team' in one) parts.push(`the team ${one.team}`)
    else if ('role' in one) parts.push(names.length > 0 ? `${names.join(', ')} (${one.role})` : `whoever becomes ${one.role}`)
    else parts.push(names.length > 0 ? `${names.join(', ')} (on call in ${one.schedule})` : `whoever is on call in ${one.schedule}`)
  }
  return parts.length === 0 ? 'anybody who may work on runs' : parts.join(', ')
}
