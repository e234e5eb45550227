// The clocks of an incident: targets that run, pause while it waits, are met or missed; and when the next update is due. Pure.
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import { closesItselfAt, type Incident } from './incident.ts'
import { secondsOf, stateOf, type Process, type SlaSpec } from './process-definition.ts'

/** One target of one incident. `targetSeconds` is null while its level has no target. */
export type SlaClock = {
  sla: string
  targetSeconds: number | null
  startedAt: Instant
  pausedAt: Instant | null
  pausedSeconds: number
  metAt: Instant | null
  warnedAt: Instant | null
  breachedAt: Instant | null
}

/** The clocks as they are after the incident became what it is now. Calling it again changes nothing. */
export function turnClocks(process: Process, incident: Incident, clocks: readonly SlaClock[], now: Instant): SlaClock[] {
  return process.slas.map((sla) => turn(process, incident, sla, clocks.find((clock) => clock.sla === sla.id) ?? fresh(sla, incident), now))
}

/** When a clock runs out, or null: no target, paused, or met. */
export function dueOf(clock: SlaClock): Instant | null {
  return clock.targetSeconds === null || clock.pausedAt !== null || clock.metAt !== null ? null : endOf(clock)
}

/** When a warning is due, or null. */
export function warnOf(sla: SlaSpec, clock: SlaClock): Instant | null {
  const due = dueOf(clock)
  return due === null ? null : addSeconds(due, -(1 - sla.warnAt) * clock.targetSeconds!)
}

/** Seconds left until the target; negative when it is missed. Null without a target. */
export function leftSeconds(clock: SlaClock, now: Instant): number | null {
  return clock.targetSeconds === null ? null : secondsBetween(clock.metAt ?? clock.pausedAt ?? now, endOf(clock))
}

/** The last update to stakeholders: when, and when it promised the next; and when the incident was reopened, if that was after it. */
export type LastUpdate = { at: Instant | null; nextAt: Instant | null; reopenedAt?: Instant | null }

/** When the next update is due and how often, or null: not open, or no cadence at this severity. */
export function nextUpdate(
  process: Process,
  incident: Incident,
  last: LastUpdate | undefined,
): { at: Instant; everySeconds: number } | null {
  if (incident.stateKind !== 'open' || process.updates === null) return null
  const { every } = process.updates
  const duration = typeof every === 'string' ? every : every[incident.severity]
  if (duration === undefined) return null
  const everySeconds = secondsOf(duration)
  const promised = last?.reopenedAt ? null : last?.nextAt
  return { at: promised ?? addSeconds(last?.reopenedAt ?? last?.at ?? incident.openedAt, everySeconds), everySeconds }
}

export type OpenTask = { id: string; dueAt: Instant | null; assigneeId: string | null }

/** Something that falls due. `warn` comes before the thing itself: it reminds, and does not count as missed. */
export type Due = {
  kind: 'sla' | 'sla-warning' | 'update' | 'update-soon' | 'task' | 'close'
  /** The SLA's or the task's id; empty for updates and closing. */
  id: string
  at: Instant
}

/** All that will fall due, or has and is not done, by time. */
export function dueOfIncident(
  process: Process,
  incident: Incident,
  clocks: readonly SlaClock[],
  tasks: readonly OpenTask[],
  last: LastUpdate | undefined,
): Due[] {
  const due: Due[] = []
  const isOver = incident.stateKind === 'closed' || incident.stateKind === 'cancelled'
  for (const sla of isOver ? [] : process.slas) {
    const clock = clocks.find((candidate) => candidate.sla === sla.id)
    const at = clock && dueOf(clock)
    if (!clock || !at) continue
    due.push({ kind: 'sla', id: sla.id, at }, { kind: 'sla-warning', id: sla.id, at: warnOf(sla, clock)! })
  }
  const update = nextUpdate(process, incident, last)
  if (update)
    due.push(
      { kind: 'update', id: '', at: update.at },
      { kind: 'update-soon', id: '', at: addSeconds(update.at, -secondsOf(process.updates!.remindBefore)) },
    )
  for (const task of isOver ? [] : tasks) if (task.dueAt !== null) due.push({ kind: 'task', id: task.id, at: task.dueAt })
  const closes = closesItselfAt(process, incident)
  if (closes) due.push({ kind: 'close', id: '', at: closes })
  return due.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** Whether this was told already and holds: a clock that paused runs out at another time, and is missed or warned of only once. */
export const isTold = ({ kind, id }: Due, clocks: readonly SlaClock[]): boolean => {
  const clock = clocks.find(({ sla }) => sla === id)
  if (!clock || (kind !== 'sla' && kind !== 'sla-warning')) return false
  return clock.breachedAt !== null || (kind === 'sla-warning' && clock.warnedAt !== null)
}

const endOf = (clock: SlaClock): Instant => addSeconds(clock.startedAt, clock.targetSeconds! + clock.pausedSeconds)

const fresh = (sla: SlaSpec, incident: Incident): SlaClock => ({
  sla: sla.id,
  targetSeconds: null,
  startedAt: incident.openedAt,
  pausedAt: null,
  pausedSeconds: 0,
  metAt: null,
  warnedAt: null,
  breachedAt: null,
})

function turn(process: Process, incident: Incident, sla: SlaSpec, before: SlaClock, now: Instant): SlaClock {
  const level = sla.by === 'priority' ? incident.priority : incident.severity
  const within = level === null ? undefined : sla.within[level]
  const clock = { ...before, targetSeconds: within === undefined ? null : secondsOf(within) }
  const meets = sla.metBy.includes(incident.state)
  if (clock.metAt === null && meets) return { ...resumed(clock, now), metAt: now }
  const metOnlyByEnding = sla.metBy.every((state) => stateOf(process, state).kind !== 'open')
  if (clock.metAt !== null && metOnlyByEnding && incident.stateKind === 'open') {
    // Reopened: the time in which nobody thought it broken does not count.
    clock.pausedSeconds += secondsBetween(clock.metAt, now)
    clock.metAt = null
  }
  if (clock.metAt !== null) return clock
  // What ended without meeting it waits for nothing: when it is reopened, the time in between does not count.
  const isOver = incident.stateKind === 'closed' || incident.stateKind === 'cancelled'
  const pauses = isOver || process.holdReasons.some((reason) => reason.id === incident.holdReason && reason.pauses)
  const running = pauses ? { ...clock, pausedAt: clock.pausedAt ?? now } : resumed(clock, now)
  const moved = running.targetSeconds !== before.targetSeconds
  return moved && (running.targetSeconds === null || endOf(running) > now) ? { ...running, warnedAt: null, breachedAt: null } : running
}

const resumed = (clock: SlaClock, now: Instant): SlaClock =>
  clock.pausedAt === null ? clock : { ...clock, pausedAt: null, pausedSeconds: clock.pausedSeconds + secondsBetween(clock.pausedAt, now) }
