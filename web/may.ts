// What the reader may do, so that nothing is offered that the server would refuse. The server decides all the same.
import { useMemo } from 'react'
import type { OperationName } from './api/client.ts'
import { endpoints } from './api/endpoints.generated.ts'
import { useSession, type Session } from './session.ts'

/**
 * Whether the reader may do an operation to what belongs to these teams (id or slug; null is the whole organisation). Without a team, or with
 * `undefined` for one that is not known: whether there is any team for which they may.
 */
export type May = (operation: OperationName, ...teams: (string | null | undefined)[]) => boolean

/** The rights of a session. Nobody may anything before it is known. */
export function mayOf(session: Pick<Session, 'may' | 'teams'> | undefined): May {
  return (operation, ...teams) => {
    if (!session) return false
    const needs = endpoints[operation].split(' ')[2]!
    if (needs === 'public' || needs === 'signed-in' || session.may.includes(needs)) return true
    const given = session.teams.filter((team) => team.may.includes(needs))
    const one = (team: string | null | undefined) =>
      team === undefined ? given.length > 0 : given.some(({ id, slug }) => id === team || slug === team)
    return teams.length === 0 ? one(undefined) : teams.every(one)
  }
}

/** The reader's rights. */
export function useMay(): May {
  const session = useSession()
  return useMemo(() => mayOf(session), [session])
}
