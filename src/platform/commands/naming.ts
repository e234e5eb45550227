// What is written that names a thing, whichever slice it belongs to. A resource's own check says what it refers to, so nothing is described twice.
import { system } from '#kernel/actor.ts'
import type { NamesOf } from '#kernel/command.ts'
import type { ResourceDefinition } from '#kernel/resource.ts'
import type { Scope } from '#kernel/scope.ts'

/** `look` is the same transaction as the system sees it: what stands behind a wall needs the thing as well. */
export async function namesOf(
  resources: readonly ResourceDefinition[],
  scope: Scope,
  look: Scope,
  kind: string,
  key: string,
): Promise<Awaited<ReturnType<NamesOf>>> {
  const names: { kind: string; key: string }[] = []
  let hidden = 0
  for (const resource of resources) {
    const found = await namingIn(resource, look, kind, key)
    const seen = found.length === 0 || scope.actor.rights.seesEverything ? found : await namingIn(resource, scope, kind, key)
    names.push(...seen.map((one) => ({ kind: resource.kind, key: one })))
    hidden += found.length - seen.length
  }
  return { names, hidden }
}

export const eyes = system('what-names-it')

async function namingIn({ check, list, key: keyOf }: ResourceDefinition, scope: Scope, kind: string, key: string): Promise<string[]> {
  if (!check) return []
  return (await list(scope)).flatMap((spec) => {
    let names = false
    check(spec, {
      of: () => [],
      has(otherKind, otherKey) {
        names ||= otherKind === kind && otherKey === key
        return true
      },
    })
    return names ? [keyOf(spec)] : []
  })
}
