// What the one who looks should do next, and what falls due for whom. Pure: the strip's "Next for you" and the list "Due next".
import type { UserId } from '#kernel/actor.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { Hypothesis, RoleHolder, Task } from './board-store.ts'
import type { Due } from './clocks.ts'
import type { Incident, Move } from './incident.ts'
import { fieldName, secondsOf, type Process } from './process-definition.ts'

export type Looker = { userId: UserId | undefined; mayRespond: boolean }
export type Situation = {
  process: Process
  incident: Incident
  roles: readonly RoleHolder[]
  tasks: readonly Task[]
  hypotheses: readonly Pick<Hypothesis, 'id' | 'state' | 'statement' | 'changedAt'>[]
  /** Titles and times, the newest last. */
  decisions: readonly { decidedAt: Instant }[]
  moves: readonly Move[]
  due: readonly Due[]
  /** The number that the next update will have. */
  nextUpdateNumber: number
}

export const nextActs = ['confirm', 'take-lead', 'publish-update', 'do-task', 'classify', 'decide', 'test', 'move', 'none'] as const
export type NextAct = {
  act: (typeof nextActs)[number]
  sentence: string
  /** What the act is about: a task's, hypothesis's, role's or state's id. */
  id: string | null
  at: Instant | null
}

/** The one thing that this reader should do next, or undefined when nothing waits for them. */
export function nextFor(looker: Looker, situation: Situation, now: Instant): NextAct | undefined {
  const { incident, process, roles } = situation
  if (incident.confirmation === 'asked' && looker.userId !== undefined && incident.reporterId === looker.userId)
    return { act: 'confirm', sentence: 'Say whether it works again', id: null, at: null }
  if (!looker.mayRespond || incident.stateKind === 'closed' || incident.stateKind === 'cancelled') return undefined
  const mine = roles.filter((held) => held.userId === looker.userId).map((held) => held.role)
  const leader = roles.find((held) => held.role === process.lead)
  const leads = mine.includes(process.lead)
  const leadName = process.roles.find((role) => role.id === process.lead)?.name ?? process.lead
  if (incident.stateKind === 'open' && !leader)
    return { act: 'take-lead', sentence: `Nobody is ${leadName.toLowerCase()}: take it, or assign it`, id: process.lead, at: null }
  return (
    updateNext(situation, mine, leads, now) ??
    taskNext(situation, looker, now) ??
    (leads ? leadNext(situation) : undefined) ??
    taskNext(situation, looker, undefined)
  )
}

/** `Trying` on the strip when nobody wrote it: the hypothesis under test, or the step that the last decision began. */
export function tryingNow(
  { incident, hypotheses }: Pick<Situation, 'incident' | 'hypotheses'>,
  decisions: readonly { title: string | null; decidedAt: Instant }[],
): { text: string; since: Instant } | undefined {
  if (incident.stateKind !== 'open') return undefined
  const testing = hypotheses.filter((hypothesis) => hypothesis.state === 'testing' && hypothesis.statement !== null).at(-1)
  const decision = decisions.filter((candidate) => candidate.title !== null).at(-1)
  if (decision && (!testing || decision.decidedAt > testing.changedAt)) return { text: decision.title!, since: decision.decidedAt }
  return testing ? { text: `Testing: ${testing.statement}`, since: testing.changedAt } : undefined
}

export type DueItem = { kind: Due['kind']; id: string; at: Instant; title: string; who: string[] }

/** What falls due, with its name and whose it is; reminders and warnings are left out, for the thing itself stands there. */
export function dueList({ process, tasks, roles, due, nextUpdateNumber }: Situation): DueItem[] {
  const holders = (ids: readonly string[]) => roles.filter((held) => ids.includes(held.role)).map((held) => held.name)
  return due.flatMap((one): DueItem[] => {
    switch (one.kind) {
      case 'update':
        return [
          {
            ...one,
            title: `Update ${nextUpdateNumber}`,
            who: holders(process.roles.filter((role) => role.communicates).map((role) => role.id)),
          },
        ]
      case 'task': {
        const task = tasks.find((candidate) => candidate.id === one.id)
        return [{ ...one, title: task?.title ?? '(erased)', who: task?.assigneeName ? [task.assigneeName] : [] }]
      }
      case 'sla': {
        const sla = process.slas.find((candidate) => candidate.id === one.id)
        return sla ? [{ ...one, title: sla.pages ? `${sla.name}, pages ${sla.pages}` : sla.name, who: holders(sla.tells) }] : []
      }
      case 'close':
        return [{ ...one, title: 'Closes by itself', who: [] }]
      default:
        return []
    }
  })
}

function updateNext(
  { process, roles, due, nextUpdateNumber }: Situation,
  mine: readonly string[],
  leads: boolean,
  now: Instant,
): NextAct | undefined {
  const update = due.find((one) => one.kind === 'update')
  if (!update || process.updates === null || update.at > addSeconds(now, secondsOf(process.updates.remindBefore))) return undefined
  const communicators = process.roles.filter((role) => role.communicates).map((role) => role.id)
  const nobody = !roles.some((held) => communicators.includes(held.role))
  if (!mine.some((role) => communicators.includes(role)) && !(leads && nobody)) return undefined
  return {
    act: 'publish-update',
    sentence: `Publish update ${nextUpdateNumber}${update.at < now ? ', it is overdue' : ''}`,
    id: null,
    at: update.at,
  }
}

/** One of the looker's own tasks: with `now` only one that is due within 5 minutes, else the first. */
export function taskNext({ tasks }: Situation, { userId }: Looker, now: Instant | undefined): NextAct | undefined {
  const own = tasks.filter((task) => task.doneAt === null && task.assigneeId === userId && userId !== undefined)
  const task = now === undefined ? own[0] : own.find((candidate) => candidate.dueAt !== null && candidate.dueAt <= addSeconds(now, 300))
  return task && { act: 'do-task', sentence: task.title ?? '(erased)', id: task.id, at: task.dueAt }
}

function leadNext({ process, incident, moves, hypotheses, decisions }: Situation): NextAct | undefined {
  const order = process.states.map((state) => state.id)
  const forward = moves.filter(
    (move) =>
      order.indexOf(move.to) > order.indexOf(incident.state) &&
      move.kind !== 'cancelled' &&
      !process.states.find((state) => state.id === move.to)?.aside,
  )
  const blocked = forward.find((move) => move.missing.length > 0)
  if (incident.stateKind === 'open' && blocked && forward[0] === blocked) {
    return {
      act: 'classify',
      sentence: `Fill in ${blocked.missing.map((field) => fieldName(process, field).toLowerCase()).join(', ')}, then ${blocked.label.toLowerCase()}`,
      id: blocked.to,
      at: null,
    }
  }
  const confirmed = hypotheses.find((hypothesis) => hypothesis.state === 'confirmed')
  if (incident.stateKind === 'open' && confirmed && !decisions.some((decision) => decision.decidedAt >= confirmed.changedAt)) {
    return { act: 'decide', sentence: `Decide what follows from: ${confirmed.statement ?? '(erased)'}`, id: confirmed.id, at: null }
  }
  const untested = hypotheses.find((hypothesis) => hypothesis.state === 'suspected')
  if (incident.stateKind === 'open' && untested)
    return { act: 'test', sentence: `Have it tested: ${untested.statement ?? '(erased)'}`, id: untested.id, at: null }
  const next = forward.find((move) => move.allowed)
  return next && { act: 'move', sentence: `${next.label} when it is so`, id: next.to, at: null }
}
