// Grouping: alerts of one rule with equal labels are told together. A group's life, as Alertmanager's: it waits `groupWait` for more to come,
// then looks every `groupInterval` whether something changed, and tells an unchanged group again after `repeatInterval`. What must stay true:
// what a receiver was told is only what was delivered, and a resolved alert leaves the group only after that.
import { z } from 'zod'
import type { Labels } from '#kernel/signal.ts'
import { addSeconds, spokenDuration, type Instant } from '#kernel/time.ts'
import { labelOf } from './matcher.ts'

/** The group of an alert under a rule: the labels that it is grouped by, and a key that is equal for equal groups. */
export function groupOf(rule: string, groupBy: readonly string[], labels: Labels): { key: string; labels: Record<string, string> } {
  const names = groupBy.includes('...') ? Object.keys(labels) : [...new Set(groupBy)]
  const entries = names
    .sort()
    .map((name): [string, string] => [name, labelOf(labels, name)])
    .filter(([, value]) => value !== '')
  return { key: `${rule}:${JSON.stringify(entries)}`, labels: Object.fromEntries(entries) }
}

const At = z.string() as unknown as z.ZodType<Instant, Instant>
const Alerts = z.record(z.string(), z.object({ startedAt: At, endsAt: At.nullable() }))
/** What one receiver knows, or is being told. Ids of alerts. */
const Told = z.object({ at: At, firing: z.array(z.string()), resolved: z.array(z.string()) })

/** `idle`: no alerts. `waiting`: nothing was told yet. `running`: looked at, next at `nextAt`. `settling` are resolved alerts that leave when all is delivered. */
export const GroupStateSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('idle') }),
  z.object({ phase: z.literal('waiting'), alerts: Alerts, nextAt: At }),
  z.object({
    phase: z.literal('running'),
    alerts: Alerts,
    nextAt: At,
    told: z.record(z.string(), Told),
    underway: z.record(z.string(), Told),
    settling: z.array(z.string()),
  }),
])
export type GroupState = z.output<typeof GroupStateSchema>
type Running = Extract<GroupState, { phase: 'running' }>
type GroupedAlerts = z.output<typeof Alerts>
type Told = z.output<typeof Told>

export type GroupOptions = {
  groupWaitSeconds: number
  groupIntervalSeconds: number
  repeatIntervalSeconds: number
  receivers: readonly { name: string; sendResolved: boolean }[]
}

/** `alert`: it is new in the group, or its start or end changed; `endsAt` may lie in the future. The others are the outcome of a notification. */
export type GroupInput =
  | { type: 'alert'; id: string; startedAt: Instant; endsAt: Instant | null }
  | { type: 'woke' }
  | { type: 'delivered'; receiver: string }
  | { type: 'failed'; receiver: string }

/** What counts at this moment, with its sentences: alerts that are silenced or inhibited, by id, and whether the rule itself is muted. */
export type GroupFacts = { heldBack: ReadonlyMap<string, string>; muted?: string | undefined }

/** `firing` and `resolved` are ids in the order of their start. `key` is the same for the same content at the same moment. */
export type GroupNotification = { key: string; receiver: string; firing: string[]; resolved: string[]; reason: string }

export type GroupDecision = { state: GroupState; reason: string; due: GroupNotification[]; wakeAt?: Instant | undefined }

export const emptyGroup: GroupState = { phase: 'idle' }

/** What follows from an input: which notifications are due now and when to look again. */
export function decide(state: GroupState, input: GroupInput, now: Instant, options: GroupOptions, facts: GroupFacts): GroupDecision {
  switch (input.type) {
    case 'alert':
      return taken(state, input, now, options)
    case 'woke':
      return state.phase === 'idle' || now < state.nextAt ? waits(state, 'nothing is due yet') : look(state, now, options, facts)
    case 'delivered':
    case 'failed':
      return answered(state, input)
  }
}

function taken(
  state: GroupState,
  { id, startedAt, endsAt }: GroupInput & { type: 'alert' },
  now: Instant,
  options: GroupOptions,
): GroupDecision {
  const alerts: GroupedAlerts = { ...(state.phase === 'idle' ? {} : state.alerts), [id]: { startedAt, endsAt } }
  if (state.phase === 'running')
    return waits(
      { ...state, alerts, settling: state.settling.filter((one) => one !== id) },
      'it is looked at with the group, at the next interval',
    )
  // An alert that began longer ago than that has waited already: it is told at once.
  const overdue = addSeconds(startedAt, options.groupWaitSeconds) < now
  if (state.phase === 'waiting')
    return waits({ ...state, alerts, nextAt: overdue ? now : state.nextAt }, 'it joins a group that waits for more')
  const nextAt = overdue ? now : addSeconds(now, options.groupWaitSeconds)
  const reason = overdue
    ? 'a new group, of an alert that began long ago'
    : `a new group waits ${spokenDuration(options.groupWaitSeconds)} for more`
  return waits({ phase: 'waiting', alerts, nextAt }, reason)
}

function look(state: Exclude<GroupState, { phase: 'idle' }>, now: Instant, options: GroupOptions, facts: GroupFacts): GroupDecision {
  const { told, underway }: Pick<Running, 'told' | 'underway'> = state.phase === 'running' ? state : { told: {}, underway: {} }
  const isResolved = (id: string): boolean => state.alerts[id]!.endsAt !== null && state.alerts[id]!.endsAt! <= now
  const ids = Object.keys(state.alerts).sort((a, b) =>
    state.alerts[a]!.startedAt < state.alerts[b]!.startedAt
      ? -1
      : state.alerts[a]!.startedAt > state.alerts[b]!.startedAt
        ? 1
        : a < b
          ? -1
          : 1,
  )
  const shown = facts.muted === undefined ? ids.filter((id) => !facts.heldBack.has(id)) : []
  const firing = shown.filter((id) => !isResolved(id))
  const resolved = shown.filter(isResolved)

  const next: Running = {
    phase: 'running',
    alerts: state.alerts,
    nextAt: addSeconds(now, options.groupIntervalSeconds),
    told,
    underway: { ...underway },
    settling: ids.filter(isResolved),
  }
  const due: GroupNotification[] = []
  const reasons: string[] = []
  for (const receiver of options.receivers) {
    const verdict =
      facts.muted !== undefined
        ? { tell: false, reason: facts.muted }
        : shown.length === 0
          ? { tell: false, reason: ids.map((id) => facts.heldBack.get(id)).find((why) => why !== undefined) ?? 'there is nothing to tell' }
          : underway[receiver.name] !== undefined
            ? { tell: false, reason: 'the last notification is still underway' }
            : mustTell(told[receiver.name], firing, resolved, receiver.sendResolved, now, options.repeatIntervalSeconds)
    reasons.push(`${receiver.name}: ${verdict.reason}`)
    if (!verdict.tell) continue
    const content = { at: now, firing, resolved }
    const sent = receiver.sendResolved ? resolved : []
    if (firing.length + sent.length === 0) {
      // Nothing that this receiver wants to hear, but what it knew to fire fires no more.
      next.told = { ...next.told, [receiver.name]: content }
      continue
    }
    next.underway[receiver.name] = content
    due.push({ key: `${receiver.name} ${now}`, receiver: receiver.name, firing, resolved: sent, reason: verdict.reason })
  }
  // While the rule is muted, what a receiver knows to fire stays, so that it hears of the end afterwards.
  if (facts.muted !== undefined) next.settling = next.settling.filter((id) => !Object.values(told).some((one) => one.firing.includes(id)))
  return { ...settled(next, reasons.join('; ')), due }
}

/** Alertmanager's rule of what is worth telling, with its reason (notify.go, needsUpdate). */
function mustTell(
  told: Told | undefined,
  firing: string[],
  resolved: string[],
  sendResolved: boolean,
  now: Instant,
  repeatSeconds: number,
): { tell: boolean; reason: string } {
  if (told === undefined)
    return firing.length > 0
      ? { tell: true, reason: 'it was not told of this group yet' }
      : { tell: false, reason: 'all were resolved before anything was told' }
  const fresh = firing.filter((id) => !told.firing.includes(id))
  if (fresh.length > 0) return { tell: true, reason: `${count(fresh.length, 'alert')} fired since` }
  if (firing.length === 0)
    return told.firing.length > 0
      ? { tell: true, reason: 'all alerts are resolved' }
      : { tell: false, reason: 'it knows of none that fired' }
  const over = resolved.filter((id) => !told.resolved.includes(id))
  if (sendResolved && over.length > 0) return { tell: true, reason: `${count(over.length, 'alert')} resolved since` }
  const repeatAt = addSeconds(told.at, repeatSeconds)
  if (repeatAt <= now) return { tell: true, reason: `unchanged for ${spokenDuration(repeatSeconds)}: told again` }
  return { tell: false, reason: `unchanged; told again at ${repeatAt}` }
}

function answered(state: GroupState, input: GroupInput & { type: 'delivered' | 'failed' }): GroupDecision {
  const content = state.phase === 'running' ? state.underway[input.receiver] : undefined
  if (state.phase !== 'running' || content === undefined) return waits(state, `no notification to ${input.receiver} is underway`)
  const { [input.receiver]: _, ...underway } = state.underway
  // What failed was not told: at the next interval it is due again, so the alerts in it must not leave.
  if (input.type === 'failed')
    return waits(
      { ...state, underway, settling: state.settling.filter((id) => !content.resolved.includes(id)) },
      `${input.receiver} was not reached; it is told at the next interval`,
    )
  return settled({ ...state, underway, told: { ...state.told, [input.receiver]: content } }, `${input.receiver} was told`)
}

/** Lets go of the resolved alerts once nothing is underway; a group without alerts is idle and forgets what it told. */
function settled(state: Running, reason: string): GroupDecision {
  if (Object.keys(state.underway).length > 0) return waits(state, reason)
  const alerts = Object.fromEntries(Object.entries(state.alerts).filter(([id]) => !state.settling.includes(id)))
  if (Object.keys(alerts).length === 0) return waits(emptyGroup, `${reason}; the group has ended`)
  return waits({ ...state, alerts, settling: [] }, reason)
}

const waits = (state: GroupState, reason: string): GroupDecision => ({
  state,
  reason,
  due: [],
  ...(state.phase === 'idle' ? {} : { wakeAt: state.nextAt }),
})

const count = (n: number, noun: string): string => (n === 1 ? `one ${noun}` : `${n} ${noun}s`)
