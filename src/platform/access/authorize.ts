// Decides whether an actor may ask this. What it may not see is missing; what it sees but may not do is forbidden.
import { actsAsPerson, may, personOf } from '#kernel/actor.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { AppError, missing } from '#kernel/errors.ts'
import type { ObjectDefinition } from '#kernel/object.ts'
import type { Scope } from '#kernel/scope.ts'

/** What a token needs a scope for, to read it as well: addresses, calendar links, what its person was paged for. Only whose it is, every token may ask. */
const isTheirsAlone = ({ kind, on, name }: AnyOperation) => kind === 'command' || (on === 'own' && name !== 'directory.whoAmI')

/** Throws AppError 'not-signed-in', 'missing' or 'forbidden'. */
export async function authorize(
  scope: Scope,
  objects: Map<string, ObjectDefinition>,
  operation: AnyOperation,
  input: unknown,
): Promise<void> {
  const { actor } = scope
  if (operation.needs === 'public' || actor.kind === 'system') return
  if (personOf(actor) === undefined && actor.kind !== 'integration' && !(actor.kind === 'run' && operation.needs !== 'signed-in'))
    throw new AppError('not-signed-in', 'Sign in first, or send an API token as `Authorization: Bearer …`.')
  const teams: (`tem_${string}` | null)[] = []
  if (typeof operation.on === 'function') {
    for (const [kind, key] of Object.entries((operation.on as (input: unknown) => Record<string, string>)(input))) {
      const definition = objects.get(kind)
      if (!definition) throw new Error(`${operation.name} is about a ${kind}, which no slice defines`)
      const found = await definition.locate(scope, key)
      if (!found) throw missing(kind)
      teams.push(found.teamId)
    }
  }
  // About nothing in particular (a new thing without a team) is about the organisation: never about nobody.
  if (teams.length === 0) teams.push(null)
  if (operation.needs === 'signed-in' && !(actor.kind === 'token' && isTheirsAlone(operation))) return
  const permission = operation.needs === 'signed-in' ? actsAsPerson : operation.needs
  if (!teams.every((team) => may(actor, permission, team)))
    throw new AppError('forbidden', `This needs the permission ${permission}. An administrator can give it to you.`)
}
