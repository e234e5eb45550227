// Commands and queries about a person's notification rules: after how long which method.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { refuse } from '#kernel/errors.ts'
import { rulesChanged } from './events.ts'
import { self, selfInBrowser } from './methods.ts'
import { planOf } from './plan.ts'
import { accountMethod, reachableOf } from './reachable.ts'
import * as store from './store.ts'

const Urgency = z.enum(['page', 'update'])
const RuleList = z.array(z.strictObject({ afterSeconds: z.number().int().min(0).max(86_400), methodId: z.string().max(40) })).max(20)
const RulesView = z.object({ urgency: Urgency, rules: RuleList, reason: z.string() }).meta({ id: 'NotificationRules' })

export const myRules = defineQuery({
  name: 'notifications.myRules',
  summary: 'Your rules: after how long which method',
  http: 'GET /me/notification-rules',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(RulesView) }),
  examples: [{}],
  async run(context) {
    const userId = self(context)
    const items: z.input<typeof RulesView>[] = []
    for (const urgency of Urgency.options) {
      const [person] = await reachableOf(context.scope, [userId], urgency)
      items.push({ urgency, rules: person?.rules ?? [], reason: planOf(person?.methods ?? [], person?.rules ?? []).reason })
    }
    return { items }
  },
})

export const setRules = defineCommand({
  name: 'notifications.setRules',
  summary: 'Set your rules for pages or for updates; none: every method at once',
  http: 'PUT /me/notification-rules',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ urgency: Urgency, rules: RuleList }),
  output: RulesView,
  examples: [
    {
      urgency: 'page',
      rules: [
        { afterSeconds: 0, methodId: 'mth_01k3v0v5b8e6w9d2m4q7r1s5t8' },
        { afterSeconds: 300, methodId: 'account' },
      ],
    },
  ],
  async run(context, { urgency, rules }) {
    const { scope, emit } = context
    const userId = selfInBrowser(context)
    await store.lockWaysOf(scope, userId)
    const own = new Set<string>([accountMethod, ...(await store.methodsOf(scope, [userId])).map((method) => method.id)])
    if (rules.some((rule) => !own.has(rule.methodId))) return refuse('A rule names a method that you do not have.')
    await store.saveRules(scope, userId, urgency, rules)
    await emit(rulesChanged, { userId, urgency })
    const [person] = await reachableOf(scope, [userId], urgency)
    return { urgency, rules, reason: planOf(person?.methods ?? [], person?.rules ?? []).reason }
  },
})
