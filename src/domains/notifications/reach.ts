// The process that reaches one person about one thing, and what it writes down: every delivery, and when nothing reached them. A summary is such a thing
// too: its pages hear how it stands.
import { defineProcess } from '#kernel/define.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { ProcessContext } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import type { GroupId } from '#domains/alerts/index.ts'
import { contactMethodDied, notificationDelivered, notificationFailed, personNotReached, type MethodId, type SummaryId } from './events.ts'
import { decideReach, type ReachFacts } from './reach-decision.ts'
import { deliveryId, isSinglePage, summaryKey, ReachInput, ReachState, type Message, type News, type Step } from './reach-state.ts'
import { accountMethod, reachableOf } from './reachable.ts'
import type { SendOutcome } from './send.ts'
import { contentsOf, everythingAnswered, whatIsOver, whyGroupIsQuiet } from './still-wanted.ts'
import * as store from './store.ts'
import * as summaries from './summary-store.ts'
import { overText, type Summarised } from './summary-text.ts'

type Begun = Exclude<ReachState, { phase: 'new' }>

/** Keyed by whoever starts it: `${pageId}/${level}/${round}/${userId}`. Starting it again under the same key tells nobody twice. */
export const reach = defineProcess<ReachState, ReachInput, ReachFacts>({
  name: 'notifications.reach',
  version: 2,
  state: ReachState,
  input: ReachInput,
  initial: (key) => ({ phase: 'new', key }),
  async facts(scope, state, input) {
    const message = state.phase === 'new' ? (input.type === 'start' ? input : undefined) : state.message
    const nothing: ReachFacts = { person: undefined, methods: [], rules: [], unwanted: undefined, recent: [], inSummary: false }
    if (!message) return nothing
    if (state.phase === 'joined') return { ...nothing, inSummary: (await summaries.lockEntry(scope, state.key))?.summaryId != null }
    const [[person], unwanted, recent, over] = await allOfThem([
      reachableOf(scope, [message.userId], message.urgency),
      input.type === 'effect' ? undefined : whyUnwanted(scope, message),
      state.phase === 'new' && isSinglePage(message) ? summaries.lockRecentPages(scope, message.userId) : [],
      state.phase === 'new' && message.overOf ? whatIsOver(scope, message.overOf) : undefined,
    ])
    return { ...nothing, person, methods: person?.methods ?? [], rules: person?.rules ?? [], unwanted, recent, over }
  },
  // What begins counts the pages of its person before it.
  inTurn: (key, input) => (input.type === 'start' ? input.userId : key),
  decide: decideReach,
  async record(context, key, before, decision, input, { over }) {
    const { state } = decision
    if (state.phase === 'new') return
    const earlier = before.phase === 'new' ? [] : before.steps
    const { scope } = context
    if (before.phase === 'new') noteBeginning(scope, state)
    if (before.phase === 'new' && over?.summary) await tellAllIsOver(context, state.message, over.summary, over.pages ?? [])
    if (before.phase === 'joined' && input.type === 'cancel') await summaries.leaveSummary(scope, key, input.reason)
    scope.last(store.putDeliveries(scope, rowsOf(key, state.message, state.steps)))
    for (const [n, step] of state.steps.entries()) {
      if (step.status !== earlier[n]?.status) await tell(context, key, state.message, n, step)
    }
    if (input.type === 'effect') await markGone(context, state.message, state.steps[Number(input.result.tag)], input.result)
    if (state.message.summary) {
      // That it begins is no news to what waits for it.
      if (before.phase !== 'new' || state.phase === 'over') await tellPages(context, state.message.summary, state, decision.reason)
      return
    }
    const isFailure =
      state.phase === 'over' && !state.reached && !state.unwanted && state.steps.every((step) => step.status !== 'cancelled')
    if (isFailure && before.phase !== 'over') {
      await context.emit(personNotReached, { userId: state.message.userId, about: state.message.about, reason: decision.reason })
    }
  },
})

async function whyUnwanted(scope: Scope, { onlyWhile, summary }: Message): Promise<string | undefined> {
  if (summary) return (await contentsOf(scope, summary)).wanted.length === 0 ? everythingAnswered : undefined
  return onlyWhile ? whyGroupIsQuiet(scope, onlyWhile.group as GroupId) : undefined
}

/** A page that goes out, or joins a summary, counts for those that come after it. */
function noteBeginning(scope: Scope, { phase, key, message }: Begun): void {
  if (phase === 'over' || !isSinglePage(message)) return
  const { userId, page, onlyWhile, severity = null, title, service = '' } = message
  scope.last(summaries.notePage(scope, userId))
  if (phase !== 'joined') return
  const entry = { reachKey: key, userId, pageId: page!, groupId: onlyWhile?.group ?? null, severity, title, service }
  scope.last(summaries.insertEntry(scope, entry))
}

/** Said once, however many of its pages ended last in the same moment. */
async function tellAllIsOver({ tell }: ProcessContext, message: Message, id: SummaryId, pages: readonly Summarised[]): Promise<void> {
  const { userId, body } = message
  const start = { type: 'start', userId, about: { user: userId, summary: id }, urgency: 'update', path: '/' } as const
  await tell(reach, `${summaryKey(id)}/over`, { ...start, ...overText(pages, body) })
}

/** Tells the pages of a summary how it stands: each its own part, for what was left out has not reached them. */
async function tellPages({ scope, tell }: ProcessContext, id: SummaryId, state: Begun, reason: string): Promise<void> {
  const entries = await summaries.entriesOf(scope, id)
  const over = state.phase === 'over'
  const unwanted = over && state.unwanted === true
  for (const { reachKey } of entries) {
    const own = state.steps.map(({ leftOut, ...step }): Step =>
      leftOut?.includes(reachKey) ? { ...step, status: 'cancelled', reason: 'left out: it was answered by then' } : step,
    )
    const news: News = { type: 'news', pages: entries.length, steps: own, over, unwanted, reason }
    await tell(reach, reachKey, news)
  }
}

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
