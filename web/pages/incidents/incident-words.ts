// Incidents in the words and shapes of the UI's pieces.
import type { Input, Output } from '../../api/client.ts'
import type { ClockFace, EntryKind, EntryTone, PathStage, SeverityLevel, StateKind } from '../../ui/index.ts'
import { durationWords } from '../../ui/index.ts'

export type Incident = Output<'incidents.list'>['items'][number]
export type Screen = Output<'incidents.get'>
export type Entry = Output<'incidents.timeline'>['items'][number]
export type Move = Screen['moves'][number]
export type Option = { id: string; name: string; means: string }
export type TaskOf = Screen['tasks'][number]
export type HypothesisOf = Screen['hypotheses'][number]
export type ChangeOf = Omit<Input<'incidents.change'>, 'incident'>

/** Slot of the scale and the process's own word. */
export const levelOf = (severity: string): SeverityLevel => Number(severity.slice(3)) as SeverityLevel
export const isOver = (incident: Pick<Incident, 'state'>): boolean => incident.state.kind !== 'open'
export const glyphOf = (glyph: string): StateKind => glyph as StateKind

/** The way through the process, as the path shows it. */
export const stagesOf = (incident: Screen): PathStage[] =>
  // That it will be closed one day goes without saying.
  incident.path
    .filter((state) => state.kind !== 'closed' || state.status !== 'ahead')
    .map((state) => ({
      id: state.id,
      word: state.id === incident.state.id && incident.holdReason ? `${state.name}: ${incident.holdReason}` : state.name,
      kind: glyphOf(state.glyph),
      place: state.status === 'done' ? 'past' : state.status,
      ...(state.seconds !== null && state.status !== 'ahead' ? { lasted: durationWords(state.seconds) } : {}),
    }))

export type NamedClock = { id: string; label: string; face: ClockFace }

/** The three clocks of the head: how long it runs, when the next update is due, and the target that matters most now. */
export function clocksOf(incident: Screen): NamedClock[] {
  const { running, update, slas } = incident
  const clocks: NamedClock[] = [
    {
      id: 'running',
      label: running.until ? 'Lasted' : 'Running',
      face: running.until
        ? { kind: 'ended', at: running.until, seconds: secondsBetween(running.since, running.until), breached: false, word: 'until' }
        : { kind: 'running', since: running.since },
    },
  ]
  if (update.at)
    clocks.push({
      id: 'update',
      label: 'Next update',
      face: { kind: 'due', due: update.at, ...(update.everySeconds ? { note: `every ${durationWords(update.everySeconds)}` } : {}) },
    })
  const target =
    slas.find((sla) => sla.dueAt !== null) ?? slas.find((sla) => sla.pausedAt !== null) ?? slas.findLast((sla) => sla.metAt !== null)
  if (target) clocks.push({ id: target.id, label: target.name, face: faceOf(target, incident.holdReason) })
  return clocks
}

function faceOf(sla: Screen['slas'][number], holdReason: string | null): ClockFace {
  if (sla.metAt) return { kind: 'ended', at: sla.metAt, seconds: secondsBetween(sla.startedAt, sla.metAt), breached: sla.breached }
  if (sla.pausedAt)
    return { kind: 'paused', since: sla.pausedAt, leftSeconds: sla.leftSeconds ?? 0, why: (holdReason ?? 'on hold').toLowerCase() }
  return { kind: 'due', due: sla.dueAt!, from: sla.startedAt }
}

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000

/** How an entry is marked on the rail; a note has its writer's face instead. */
export function markOf(entry: Entry): { kind: EntryKind; tone?: EntryTone } | { person: { id: string; name: string } } {
  const person = /^usr_\w+/.exec(entry.actor)?.[0]
  if (entry.kind === 'note' && person) return { person: { id: person, name: entry.actorName } }
  const kind: EntryKind = entry.kind === 'note' || entry.kind === 'review' ? 'attachment' : entry.kind
  const tone = toneOf(entry)
  return tone ? { kind, tone } : { kind }
}

function toneOf({ type, data }: Entry): EntryTone | undefined {
  if (type === 'incident.sla-breached' || type === 'incident.page-failed' || type === 'page.exhausted') return 'red'
  if (type === 'incident.sla-warned' || type === 'incident.update-due' || type === 'incident.task-due') return 'amber'
  if (type === 'alert.resolved' || type === 'group.resolved' || (type === 'incident.state-changed' && data['kind'] !== 'open'))
    return 'teal'
  if (type === 'incident.state-changed' && data['holdReason']) return 'violet'
  if (type === 'incident.severity-changed') return 'orange'
  return undefined
}

/** What a machine did on the way: told quietly, and folded when there is much of it. */
export const isQuiet = (entry: Entry): boolean =>
  (entry.kind === 'runbook' && entry.actor.startsWith('system:')) ||
  [
    'alert.joined',
    'alert.resolved',
    'group.opened',
    'notification.failed',
    'person.not-reached',
    'incident.responder-joined',
    'incident.field-set',
  ].includes(entry.type)
