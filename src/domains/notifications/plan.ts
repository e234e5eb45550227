// Rules → when which method, with the reason. Pure: what can reach a person is tried at once when they have set no rules.
import { spokenDuration } from '#kernel/time.ts'

/** A way to reach a person that works as far as is known. `account`: the e-mail address they sign in with. */
export type UsableMethod = { id: string; channel: string; label: string }
export type Rule = { afterSeconds: number; methodId: string }
type PlannedStep = { method: UsableMethod; afterSeconds: number; reason: string }
export type Plan = {
  /** In the order of their times. */
  steps: PlannedStep[]
  /** Methods that no rule names: for when every rule has failed. */
  spare: UsableMethod[]
  /** "push at once, then e-mail after 5 min: your rules". */
  reason: string
}

/** Channels that need no choice: without rules these are used at once, all of them. */
const usedWithoutRules = ['web-push', 'email']

/** Makes the plan of one person for one urgency. `methods` holds only what is verified and not dead. */
export function planOf(methods: readonly UsableMethod[], rules: readonly Rule[]): Plan {
  const { ruled, all: works } = stepsByRules(methods, rules)
  if (ruled.length > 0) return planned(methods, ruled, works ? 'by rule' : 'by rule; a method of another rule no longer works')

  const why =
    rules.length > 0 ? 'no method of the rules works any more, so every other is used' : 'no rules are set, so every method is used'
  const all = usedWithoutRules.flatMap((channel) => methods.filter((method) => method.channel === channel))
  return planned(
    methods,
    all.map((method) => ({ method, afterSeconds: 0, reason: `at once: ${why}` })),
    why,
  )
}

/**
 * What the rules say, in the order of their times. A method that no longer works is as one that fails at its time: the next one takes its place, and after
 * the last one everything that no rule names. Nobody is told later for it.
 */
function stepsByRules(methods: readonly UsableMethod[], rules: readonly Rule[]): { ruled: PlannedStep[]; all: boolean } {
  const byId = new Map(methods.map((method) => [method.id, method]))
  const ruled: PlannedStep[] = []
  let all = true
  let owed: number | undefined
  for (const { methodId, afterSeconds, n } of rules
    .map((rule, i) => ({ ...rule, n: i + 1 }))
    .sort((a, b) => a.afterSeconds - b.afterSeconds)) {
    const method = byId.get(methodId)
    if (method) {
      const at = owed ?? afterSeconds
      ruled.push({
        method,
        afterSeconds: at,
        reason: `${when(at)}: rule ${n}${at < afterSeconds ? ', in place of one that no longer works' : ''}`,
      })
    }
    if (!method) all = false
    owed = method ? undefined : (owed ?? afterSeconds)
  }
  if (owed === undefined || ruled.length === 0) return { ruled, all }
  const at = owed
  const used = new Set(ruled.map((step) => step.method.id))
  const others = methods.filter((method) => !used.has(method.id))
  return {
    ruled: [
      ...ruled,
      ...others.map((method) => ({ method, afterSeconds: at, reason: `${when(at)}: in place of a rule that no longer works` })),
    ],
    all,
  }
}

function planned(methods: readonly UsableMethod[], steps: PlannedStep[], why: string): Plan {
  const used = new Set(steps.map((step) => step.method.id))
  const spare = methods.filter((method) => !used.has(method.id))
  if (steps.length === 0) return { steps, spare, reason: 'cannot be reached: there is no method that works' }
  const together = Map.groupBy(steps, ({ afterSeconds }) => afterSeconds)
  const words = [...together].map(([afterSeconds, same]) => `${named(same)} ${when(afterSeconds)}`)
  return { steps, spare, reason: `${words.join(', then ')}: ${why}` }
}

/** "push (2) and e-mail" */
function named(steps: readonly PlannedStep[]): string {
  const channels = [...Map.groupBy(steps, ({ method }) => channelName(method.channel))]
  const names = channels.map(([name, { length }]) => (length === 1 ? name : `${name} (${length})`))
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const when = (afterSeconds: number): string => (afterSeconds === 0 ? 'at once' : `after ${spokenDuration(afterSeconds)}`)

/** How a sentence calls a channel. */
export const channelName = (channel: string): string => ({ email: 'e-mail', 'web-push': 'push', web: 'this page' })[channel] ?? channel
