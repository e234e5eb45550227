// A kind of thing that a command can be about. Locating it is how access is decided: what the scope does not see is missing.
import type { TeamId } from './actor.ts'
import type { Scope } from './scope.ts'

/** `{ alert: 'alt_…' }`: the thing first in the record is the event's subject. */
export type ObjectRef = Readonly<Record<string, string>>

export type ObjectDefinition = {
  kind: string
  /** Prefix of its ids. */
  prefix: string
  /** The team that it belongs to (null: to the organisation), or undefined when the scope does not see it. `key` is an id, slug or number. */
  locate(scope: Scope, key: string): Promise<{ teamId: TeamId | null } | undefined>
  /** Its name for sentences, or undefined. */
  name?(scope: Scope, ids: string[]): Promise<Map<string, string>>
}

export const defineObject = (definition: ObjectDefinition): ObjectDefinition => definition
