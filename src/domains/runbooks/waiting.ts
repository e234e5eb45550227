// What a run waits for, as its reader sees it: who is asked, what follows each answer, and what happens if nobody does anything.
import { may, personOf, type Actor } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { spokenTime, type Instant } from '#kernel/time.ts'
import { findUser, findUsers, readOrganisation } from '#domains/directory/index.ts'
import { dangerOf, type Runbook } from './definition.ts'
import { nameOf } from './finishing.ts'
import { findStep, follow } from './flow.ts'
import { approvalsOfRun, type Run, type RunAsk } from './run-store.ts'
import { definitionAt } from './store.ts'
import { incidentData } from './surroundings.ts'
import type { PendingView } from './views.ts'
import { answering, isAsked, peopleOf, spokenWho } from './who.ts'

/** The zone in which this reader is told times. */
async function zoneOf(scope: Scope, actor: Actor): Promise<string> {
  const person = personOf(actor)
  const user = person && (await findUser(scope, person))
  return user?.zone ?? (await readOrganisation(scope))?.zone ?? 'UTC'
}

/** One open ask, for this reader. */
export async function pendingView(scope: Scope, actor: Actor, run: Run, ask: RunAsk): Promise<PendingView> {
  const incident = run.incidentId === null ? undefined : await incidentData(scope, run.incidentId)
  const runbook = await definitionAt(scope, run.runbookId, run.version)
  const approvals = (await approvalsOfRun(scope, run.id)).filter(({ seq }) => seq === ask.seq)
  const ids = await peopleOf(scope, ask.who, run.incidentId)
  const users = new Map((await findUsers(scope, [...ids, ...approvals.map(({ userId }) => userId)])).map((user) => [user.id, user.name]))
  const alsoWho = ask.also.length > 0 ? await spokenWho(scope, ask.also, run.incidentId) : ''
  const also = ask.alsoAt && alsoWho ? { who: alsoWho, at: ask.alsoAt } : null
  const end = ask.endsAt && ask.atEnd ? { then: ask.atEnd, at: ask.endsAt } : null
  const hasApproved = approvals.some(({ userId }) => userId === personOf(actor))
  return {
    run: { id: run.id, number: run.number, name: run.name },
    incident: incident ? { id: incident.id, number: incident.number, title: incident.title } : null,
    kind: ask.kind,
    seq: ask.seq,
    step: ask.step,
    name: runbook ? nameOf(runbook, ask.step) : ask.step,
    question: ask.question,
    shown: ask.shown,
    answers: ask.answers.map((answer) => ({
      ...answer,
      changes: ask.kind === 'doubt' ? answer.id === 'again' : runbook !== undefined && changesAfter(runbook, ask.step, answer.id),
    })),
    who: await spokenWho(scope, ask.who, run.incidentId),
    people: ids.map((id) => ({ id, name: users.get(id) ?? id })),
    isMine: !hasApproved && may(actor, answering(ask), run.teamId) && (await isAsked(scope, actor, run, ask)),
    askedAt: ask.askedAt,
    also,
    end,
    danger: ask.danger,
    preview: ask.preview,
    hash: ask.hash,
    quorum: ask.quorum,
    approvals: approvals.map(({ userId, at, note }) => ({ id: userId, name: users.get(userId) ?? userId, at, note })),
    ifNothing: ifNothing(also, end, await zoneOf(scope, actor)),
  }
}

/** Whether an answer leads straight to a step that changes something outside. */
function changesAfter(runbook: Runbook, id: string, answer: string): boolean {
  const step = findStep(runbook, id)?.step
  const goto = step?.ask?.answers.find((candidate) => candidate.id === answer)?.goto
  if (!step || goto === undefined) return false
  const target = findStep(runbook, follow(runbook, id, goto === 'next' ? step.next : goto).to)
  return target !== undefined && dangerOf(target.step) !== 'reads'
}

/** "The team payments is asked too at Mon 23 Nov, 14:44 CET. At 14:49 … Nothing runs by itself before that." */
function ifNothing(also: { who: string; at: Instant } | null, end: { then: string; at: Instant } | null, zone: string): string {
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
  return [
    ...(also ? [`${capital(also.who)} is asked too on ${spokenTime(also.at, zone)}.`] : []),
    end ? `On ${spokenTime(end.at, zone)} ${end.then}.` : 'The run waits here. Nothing runs by itself.',
  ].join(' ')
}
