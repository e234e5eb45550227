// What an incident's clocks do by themselves: remind, say that a target is missed and page for it, close after silence. Pure; each thing is done once.
import { z } from 'zod'
import { call } from '#kernel/define.ts'
import type { Decision, Ended, Woke } from '#kernel/process.ts'
import type { Instant } from '#kernel/time.ts'
import type { Due } from './clocks.ts'
import { pageForTarget } from './page-for-target.ts'
import type { SlaSpec } from './process-definition.ts'

/** `told`: what was done and is still due, as `kind id at`; a thing whose time moves is another thing. `acts`: what this decision does. */
export const ClockState = z.object({
  incident: z.string(),
  told: z.array(z.string()),
  acts: z.array(
    z.object({ kind: z.enum(['sla', 'sla-warning', 'update', 'update-soon', 'task', 'close', 'page-failed']), id: z.string() }),
  ),
})
export type ClockState = z.output<typeof ClockState>
export type ClockAct = ClockState['acts'][number]
/** After everything that may move a clock. */
export const ClockInput = z.object({ type: z.literal('changed') })
export type ClockInput = z.output<typeof ClockInput>

/** All that is due some time, by time; undefined when the incident is gone. */
/** `title` is empty where it is not for everybody whom a missed target may page. */
export type ClockFacts = { due: Due[]; slas: SlaSpec[]; key: string; title: string } | undefined

export function decideClocks(state: ClockState, input: ClockInput | Woke | Ended, now: Instant, facts: ClockFacts): Decision<ClockState> {
  if (!facts) return { state: { ...state, told: [], acts: [] }, reason: 'The incident is gone.', ended: true }
  const past = facts.due.filter((due) => due.at <= now)
  const fresh = past.filter(
    (due) => !state.told.includes(nameOf(due)) && !past.some((other) => other.kind === softens[due.kind] && other.id === due.id),
  )
  const acts: ClockAct[] = fresh.map(({ kind, id }) => ({ kind, id }))
  if (input.type === 'effect' && input.result.type !== 'done') acts.push({ kind: 'page-failed', id: input.result.tag })
  const effects = fresh.flatMap((due) => {
    const sla = due.kind === 'sla' ? facts.slas.find((candidate) => candidate.id === due.id) : undefined
    const title = sla && `${sla.name} missed: ${facts.key} ${facts.title}`.trim().slice(0, 200)
    return sla?.pages && title ? [call(pageForTarget, { policy: sla.pages, incident: state.incident, title }, sla.id)] : []
  })
  const next = facts.due.find((due) => due.at > now)
  return {
    state: { ...state, told: past.map(nameOf), acts },
    reason: next ? `Waits for ${words[next.kind]} at ${next.at}.` : 'Nothing more will fall due.',
    effects,
    wakeAt: next?.at,
  }
}

/** A warning that comes together with the thing itself has nothing left to warn of. */
const softens: Partial<Record<Due['kind'], Due['kind']>> = { 'sla-warning': 'sla', 'update-soon': 'update' }
const words: Record<Due['kind'], string> = {
  sla: 'a target',
  'sla-warning': 'the warning before a target',
  update: 'the next update',
  'update-soon': 'the reminder before an update',
  task: 'a task',
  close: 'closing by itself',
}
const nameOf = (due: Due): string => `${due.kind} ${due.id} ${due.at}`
