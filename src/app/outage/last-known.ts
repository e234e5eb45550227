// What a node last read of who is told of what: keys, rules, policies, schedules, addresses. With it, somebody is still told while nothing can be read.
// Plain data, for it outlives the process in a file (`known-file.ts`): a change of its shape is another format there.
import { system, type UserId } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { foresee, readRulesForOutage, type Batch, type LastKnownRules } from '#domains/alerts/index.ts'
import { listAdministrators } from '#domains/directory/index.ts'
import { readAddresses, readPushKeys, type SealedAddress, type SealedPushKeys } from '#domains/notifications/index.ts'
import { firstPaged, groupTitle, readPoliciesForOutage, type LastKnownPolicies } from '#domains/oncall/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { readQuiet } from '#platform/installation/quiet.ts'

export type LastKnown = {
  at: Instant
  rules: LastKnownRules
  policies: LastKnownPolicies
  addresses: ReadonlyMap<UserId, readonly SealedAddress[]>
  /** Who is told when a policy has nobody. */
  administrators: readonly Person[]
  pushKeys: SealedPushKeys | undefined
  /** A restored copy: it pages nobody. */
  quiet: boolean
}
export type Person = { userId: UserId; zone: string; reason: string }
export type Foreseen = { groupKey: string; title: string; service: string; people: readonly Person[] }

/** Reads it anew; everything in one transaction that may be lost. */
export const readLastKnown = (engine: Engine): Promise<LastKnown> =>
  engine.transact(
    system('outage.last-known'),
    async ({ scope, tx, now }) => {
      const rules = await readRulesForOutage(scope)
      const policies = await readPoliciesForOutage(scope)
      const administrators = (await listAdministrators(scope)).map(({ id, zone }) => ({
        userId: id,
        zone,
        reason: 'you administer Tocsin, and nobody else is known for it',
      }))
      const people = [...Object.values(policies.book.people).map(({ id }) => id), ...administrators.map(({ userId }) => userId)]
      return {
        at: now,
        rules,
        policies,
        addresses: await readAddresses(scope, [...new Set(people)]),
        administrators,
        pushKeys: await readPushKeys(scope),
        quiet: (await readQuiet(tx)) !== undefined,
      }
    },
    { durable: false, looksThrough: true },
  )

/** Who would be told of a signal that triggers; undefined when it would page nobody new. */
export function foreseeTold(
  known: LastKnown,
  integration: Batch['integration'],
  signal: Signal & { dedupKey: string },
  now: Instant,
): Foreseen | undefined {
  if (known.quiet) return undefined
  const foreseen = foresee(known.rules, { integration }, signal, now)
  if (!foreseen) return undefined
  const paged = firstPaged(known.policies, foreseen.policy, now)
  return {
    ...foreseen,
    title: groupTitle({ severity: signal.severity, title: foreseen.title }),
    people: paged.length > 0 ? paged : known.administrators,
  }
}
