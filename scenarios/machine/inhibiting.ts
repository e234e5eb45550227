// In some organisations what is critical holds back warnings of the same name. That ends at no known time: what is held back is looked at again and again.
import type { Actor } from '#kernel/actor.ts'
import { inhibitionResource } from '#domains/alerts/resources.ts'
import { InhibitionSchema } from '#domains/alerts/rules.ts'
import { lookAtHeld } from '#domains/alerts/reactions.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { Random } from './random.ts'

/** What recurs does so this many times more seldom than in earnest. */
export const seldomTimes = 20
/** So long after the last that was heard of an alert, what is held back was looked at once more. */
export const looksAgainSeconds = lookAtHeld.everySeconds * seldomTimes + 1

export async function mayInhibit(engine: Engine, admin: Actor, random: Random): Promise<void> {
  if (random.chance(0.7)) return
  const rule = InhibitionSchema.parse({
    slug: 'worse',
    name: 'Worse',
    source: 'severity=critical',
    target: 'severity=warning',
    equal: ['alertname'],
  })
  await engine.transact(admin, (context) => inhibitionResource.save(context, rule, undefined))
}
