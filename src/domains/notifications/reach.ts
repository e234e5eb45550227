// The process that reaches one person about one thing, and what it writes down: every delivery, and when nothing reached them.
import { defineProcess } from '#kernel/define.ts'
import type { ProcessContext } from '#kernel/process.ts'
import type { GroupId } from '#domains/alerts/index.ts'
import { contactMethodDied, notificationDelivered, notificationFailed, personNotReached, type MethodId } from './events.ts'
import { decideReach, type ReachFacts } from './reach-decision.ts'
import { deliveryId, ReachInput, ReachState, type Message, type Step } from './reach-state.ts'
import { accountMethod, reachableOf } from './reachable.ts'
import { whyGroupIsQuiet, type SendOutcome } from './send.ts'
import * as store from './store.ts'

/** Keyed by whoever starts it: `${pageId}/${level}/${round}/${userId}`. Starting it again under the same key tells nobody twice. */
export const reach = defineProcess<ReachState, ReachInput, ReachFacts>({
  name: 'notifications.reach',
  version: 1,
  state: ReachState,
  input: ReachInput,
  initial: (key) => ({ phase: 'new', key }),
  async facts(scope, state, input) {
    const message = state.phase === 'new' ? (input.type === 'start' ? input : undefined) : state.message
    if (!message) return { person: undefined, methods: [], rules: [], unwanted: undefined }
    const [person] = await reachableOf(scope, [message.userId], message.urgency)
    return {
      person,
      methods: person?.methods ?? [],
      rules: person?.rules ?? [],
      unwanted: message.onlyWhile ? await whyGroupIsQuiet(scope, message.onlyWhile.group as GroupId) : undefined,
    }
  },
  decide: decideReach,
  async record(context, key, before, decision, input) {
    const { state } = decision
    if (state.phase === 'new') return
    const earlier = before.phase === 'new' ? [] : before.steps
    await store.putDeliveries(context.scope, rowsOf(key, state.message, state.steps))
    for (const [n, step] of state.steps.entries()) {
      if (step.status !== earlier[n]?.status) await tell(context, key, state.message, n, step)
    }
    if (input.type === 'effect') await markGone(context, state.message, state.steps[Number(input.result.tag)], input.result)
    if (state.phase === 'over' && before.phase !== 'over' && !state.reached && state.steps.every((step) => step.status !== 'cancelled')) {
      await context.emit(personNotReached, { userId: state.message.userId, about: state.message.about, reason: decision.reason })
    }
  },
})

const rowsOf = (key: string, message: Message, steps: Step[]): Omit<store.Delivery, 'userName'>[] =>
  steps.map((step, n) => ({
    id: deliveryId(key, n),
    reachKey: key,
    userId: message.userId,
    methodId: step.methodId === accountMethod ? null : step.methodId,
    channel: step.channel,
    label: step.label,
    urgency: message.urgency,
    title: message.title,
    about: message.about,
    status: step.status === 'again' ? 'waiting' : step.status === 'withdrawn' ? 'cancelled' : step.status,
    reason: step.status === 'again' ? `tried again soon: ${step.reason}` : step.reason,
    dueAt: step.dueAt,
    settledAt: step.settledAt,
  }))

async function tell({ emit }: ProcessContext, key: string, message: Message, n: number, step: Step): Promise<void> {
  const delivery = { notificationId: deliveryId(key, n), userId: message.userId, channel: step.channel, about: message.about }
  if (step.status === 'delivered') await emit(notificationDelivered, delivery)
  if (step.status === 'failed' || step.status === 'unknown') await emit(notificationFailed, { ...delivery, reason: step.reason })
}

async function markGone(
  { scope, emit }: ProcessContext,
  message: Message,
  step: Step | undefined,
  result: { type: string; outcome?: unknown },
): Promise<void> {
  const outcome = result.type === 'done' ? (result.outcome as SendOutcome) : undefined
  if (!step || step.methodId === accountMethod || outcome?.status !== 'failed' || !outcome.gone) return
  const methodId = step.methodId as MethodId
  if (await store.setDead(scope, methodId, outcome.reason)) {
    await emit(contactMethodDied, { userId: message.userId, methodId, channel: step.channel, reason: outcome.reason })
  }
}
