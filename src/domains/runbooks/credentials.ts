// From a connection to what is sent: its credentials go only below its own address, and only for runbooks that may use it.
import type { TeamId } from '#kernel/actor.ts'
import type { Vault } from '#kernel/secret.ts'
import type { ConnectionId } from './events.ts'
import { addressBelow } from './rendering.ts'
import type { Connection } from './store.ts'

/** `secrets` are what must not come back in an answer. */
export type Credentials = { url: string; headers: Record<string, string>; secrets: string[] }

/** Where a connection's secret is sealed: elsewhere it does not open. */
export const secretPlace = (id: ConnectionId): string => `connections/${id}/secret`

/** Opens a connection for one call to `url`. `{ refused }` with a sentence when there is none of this name, or the runbook of that team may not use it there. */
export function credentialsOf(
  connection: Connection | undefined,
  vault: Vault,
  { slug, teamId, url: written }: { slug: string; teamId: TeamId | null; url: string },
): Credentials | { refused: string } {
  if (!connection) return { refused: `there is no connection called ${slug}` }
  if (connection.teamId !== null && connection.teamId !== teamId) return { refused: `the connection ${slug} belongs to another team` }
  const url = addressBelow(connection.address, written)
  if (url === undefined) return { refused: `${written} is not below ${connection.address}, the address of the connection ${slug}` }
  const secret = vault.unseal(connection.secretSealed, secretPlace(connection.id)).open()
  const { scheme } = connection
  switch (scheme.type) {
    case 'bearer':
      return { url, headers: { authorization: `Bearer ${secret}` }, secrets: [secret] }
    case 'basic': {
      const pair = `${scheme.username}:${secret}`
      return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, secrets: [secret, pair] }
    }
    case 'header':
      return { url, headers: { [scheme.name.toLowerCase()]: secret }, secrets: [secret] }
  }
}
