// The process of one page, and what it writes down: the trace, whom it told, where it stands.
import { defineProcess } from '#kernel/define.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { ProcessContext } from '#kernel/process.ts'
import { findGroup, snoozedUntil } from '#domains/alerts/index.ts'
import { readBook, readOwners } from './book.ts'
import { decidePage, type PageFacts } from './escalation.ts'
import { levelSkipped, pageEnded, pageEscalated, pageExhausted, pageGivenBack, personPaged, type PageId } from './events.ts'
import { listed } from './messages.ts'
import { PageInput, PageState, type Running, type Step } from './page-state.ts'
import * as store from './page-store.ts'

/** Keyed by the page's id. */
export const page = defineProcess<PageState, PageInput, PageFacts>({
  name: 'oncall.page',
  version: 1,
  state: PageState,
  input: PageInput,
  initial: (key) => ({ phase: 'new', key }),
  async facts(scope, state, input) {
    const subject = state.phase === 'new' ? (input.type === 'start' ? input.subject : undefined) : state.subject
    // Asked only when an acknowledgement may have grown old.
    const snoozed = state.phase === 'acknowledged' && input.type === 'woke' ? subject?.groupId : undefined
    const [row, group, book, owners, until] = await allOfThem([
      store.lockPage(scope, state.key),
      subject?.groupId ? findGroup(scope, subject.groupId) : undefined,
      readBook(scope, subject?.levels ?? []),
      subject ? readOwners(scope, subject.teamId) : [],
      snoozed ? snoozedUntil(scope, snoozed) : undefined,
    ])
    return {
      book,
      owners,
      group: group?.state,
      answered: row?.state === 'acknowledged' || row?.state === 'ended',
      snoozedUntil: until,
    }
  },
  inTurn: (key) => key,
  decide: decidePage,
  async record(context, key, before, decision, input) {
    const { state } = decision
    if (state.phase === 'new') return
    if (before.phase === 'acknowledged' && input.type === 'woke' && state.phase !== 'acknowledged') await giveBack(context, key, state)
    if (state.phase === 'ended' && input.type === 'woke') await endByItself(context, key, state, decision.reason)
    for (const step of state.news) await tellOf(context, key, state, step)
    const { scope } = context
    for (const written of [
      store.insertPeople(scope, {
        pageId: key,
        people: state.news.flatMap(({ people, level, round }) => people.map((one) => ({ ...one, level, round }))),
      }),
      store.insertSteps(scope, {
        pageId: key,
        steps: state.news.map(({ kind, level, round, reason }) => ({ kind, level, round, reason })),
      }),
      store.saveProgress(scope, {
        id: key as PageId,
        // What changed nothing does not take the place of why it stands as it does.
        reason: state.news.length > 0 ? decision.reason : null,
        level: state.level,
        round: state.round,
        exhausted: state.phase === 'exhausted',
        nextAt: state.next?.at ?? null,
        next: state.next ? listed(state.next.names) : null,
      }),
    ])
      scope.last(written)
  },
})

/** Its acknowledgement has grown old, and there is no alert whose being given back would say so. */
async function giveBack({ scope, emit }: ProcessContext, key: string, { subject: { groupId, incidentId } }: Running): Promise<void> {
  const given = await store.saveGivenBack(scope, key, 'it was acknowledged long ago and is still open')
  if (given.length > 0) await emit(pageGivenBack, { pageId: key as PageId, groupId, incidentId, by: 'time' })
}

/** Its alert is over, and nobody has said so to this page. */
async function endByItself(
  { scope, emit }: ProcessContext,
  key: string,
  { subject: { groupId, incidentId } }: Running,
  reason: string,
): Promise<void> {
  await store.saveEnded(scope, key as PageId, reason)
  await emit(pageEnded, { pageId: key as PageId, groupId, incidentId, reason })
}

/** The events of a step. What a command did (acknowledge, give back, end) it has said itself, as its person. */
async function tellOf({ emit }: ProcessContext, key: string, { subject }: Running, step: Step): Promise<void> {
  const ref = { pageId: key as PageId, groupId: subject.groupId, incidentId: subject.incidentId }
  const { level, round } = step
  if (step.kind === 'skipped') await emit(levelSkipped, { ...ref, level, round })
  if (step.kind === 'exhausted') await emit(pageExhausted, ref)
  if (step.kind !== 'paged') return
  if (level > 1 || round > 1) await emit(pageEscalated, { ...ref, level, round })
  for (const one of step.people) await emit(personPaged, { ...ref, level, round, userId: one.userId })
}
