// As whom a run acts when one of its steps runs a command: as itself, with what a responder may do, and never with more than the person who
// started it. Its writer's rights and its reader's are not lent.
import { personOf, type Actor, type Permission, type TeamId, type UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { rightsOfUser } from '#domains/directory/index.ts'

/** What a run may do at most. Configuring, people, credentials and runs themselves are not among it. */
const runPermissions: readonly Permission[] = [
  'directory:read',
  'alerts:read',
  'alerts:respond',
  'oncall:read',
  'oncall:respond',
  'incidents:read',
  'incidents:declare',
  'incidents:respond',
  'status:read',
  'status:publish',
  'reviews:read',
  'reviews:write',
]
const runSlices = ['alerts', 'oncall', 'incidents', 'status', 'reviews', 'monitors', 'insights']

/** Why a run may not run this command, or undefined. A run that could approve itself or make a token would have no walls. */
export function refusedCommand(command: string): string | undefined {
  const slice = command.split('.')[0]!
  return runSlices.includes(slice) ? undefined : `a run does not run ${command}: only commands of ${runSlices.join(', ')}`
}

/** Who started a run, and with which permissions at most: an API token lends no more than its scopes. */
export type Starter = { userId: UserId; limitedTo: string[] | null }

export const starterOf = (actor: Actor): Starter | null => {
  const userId = personOf(actor)
  if (userId === undefined) return null
  const given = [...actor.rights.everywhere, ...[...actor.rights.inTeam.values()].flatMap((permissions) => [...permissions])]
  return { userId, limitedTo: actor.kind === 'user' ? null : [...new Set(given)].sort() }
}

/**
 * The run as an actor, with its rights of this moment; undefined when the person who started it may do nothing any more. It sees its incident, also a
 * private one, and what belongs to `teams`, those of its runbook and its incident; one that the process started (no starter) may also respond there.
 */
export async function actorOfRun(
  scope: Scope,
  { id: runId, incidentId }: { id: Id<'run'>; incidentId: string | null },
  starter: Starter | null,
  teams: readonly TeamId[],
): Promise<Actor | undefined> {
  const mayDo = new Set<Permission>(runPermissions.filter((permission) => starter?.limitedTo?.includes(permission) ?? true))
  if (starter === null)
    return {
      kind: 'run',
      runId,
      incidentId,
      rights: { everywhere: mayDo, inTeam: new Map(teams.map((team) => [team, mayDo])), seesEverything: false },
    }
  const own = await rightsOfUser(scope, starter.userId)
  if (!own) return undefined
  const seenTeams = teams.filter((team) => !own.inTeam.has(team)).map((team) => [team, new Set<Permission>()] as const)
  const both = (permissions: ReadonlySet<Permission>) => new Set([...permissions].filter((permission) => mayDo.has(permission)))
  return {
    kind: 'run',
    runId,
    incidentId,
    rights: {
      everywhere: both(own.everywhere),
      inTeam: new Map([...seenTeams, ...[...own.inTeam].map(([team, permissions]) => [team, both(permissions)] as const)]),
      seesEverything: own.seesEverything,
    },
  }
}
