// Which methods of a person work as far as is known.
import type { UserId } from '#kernel/actor.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import { findUsers } from '#domains/directory/index.ts'
import { planOf, type Rule, type UsableMethod } from './plan.ts'
import * as store from './store.ts'

/** Stands for the e-mail address that a person signs in with, while they have named no other. */
export const accountMethod = 'account'

export type Reachable = { userId: UserId; name: string; disabled: boolean; methods: UsableMethod[]; rules: Rule[] }

/** What can reach these people for this urgency, and their rules. */
export async function reachableOf(scope: Scope, userIds: readonly UserId[], urgency: store.Urgency): Promise<Reachable[]> {
  const [users, methods, rules] = await allOfThem([
    findUsers(scope, userIds),
    store.methodsOf(scope, userIds),
    store.rulesOf(scope, userIds, urgency),
  ])
  return users.map((user) => {
    const usable = methods.filter((method) => method.userId === user.id && method.verifiedAt !== null && method.deadAt === null)
    const account = { id: accountMethod, channel: 'email', label: user.email }
    return {
      userId: user.id,
      name: user.name,
      disabled: user.disabledAt !== null,
      methods: [
        ...usable.map(({ id, channel, label }) => ({ id, channel, label })),
        ...(usable.some((method) => method.channel === 'email') ? [] : [account]),
      ],
      rules: rules.filter((rule) => rule.userId === user.id).map(({ afterSeconds, methodId }) => ({ afterSeconds, methodId })),
    }
  })
}

/** How a page would reach one person: "push at once, then e-mail after 5 min: by rule", and the channels that works by. */
export type HowReached = { words: string; channels: string[] }

/** How a page would reach each of these people. */
export async function howReached(scope: Scope, userIds: readonly UserId[]): Promise<Map<UserId, HowReached>> {
  const people = await reachableOf(scope, userIds, 'page')
  return new Map(
    people.map((person) => {
      const plan = planOf(person.methods, person.rules)
      return [person.userId, { words: plan.reason, channels: [...new Set(plan.steps.map(({ method }) => method.channel))] }]
    }),
  )
}
