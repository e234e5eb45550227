// The timeline of an incident, read from the record: its own chain, what happened to its alert groups, and what was changed on its services. Who may not
// see a group or a change does not see its entries either.
import { z } from 'zod'
import type { QueryContext } from '#kernel/command.ts'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { EventRecord } from '#kernel/event.ts'
import { decodeCursor, encodeCursor, listInput } from '#kernel/list.ts'
import type { Scope } from '#kernel/scope.ts'
import { allOf, sql, type Sql } from '#kernel/sql.ts'
import { earliest, InstantOut } from '#kernel/time.ts'
import { countEvents, readEvents } from '#platform/events/read.ts'
import { findGroup } from '#domains/alerts/index.ts'
import { changesInTimeline } from '#domains/changes/index.ts'
import * as board from './board-store.ts'
import type { Incident, IncidentId } from './incident.ts'
import { findIncident } from './store.ts'
import { IncidentKey } from './views.ts'

const entryKinds = [
  'note',
  'alert',
  'page',
  'state',
  'role',
  'task',
  'hypothesis',
  'decision',
  'approval',
  'runbook',
  'change',
  'update',
  'review',
] as const
export type EntryKind = (typeof entryKinds)[number]

const TimelineEntryView = z
  .object({
    id: z.string(),
    position: z.number(),
    sequence: z.number(),
    at: InstantOut,
    happenedAt: InstantOut.nullable().meta({ description: 'When it happened, if that was not when it was recorded' }),
    type: z.string(),
    kind: z.enum(entryKinds),
    sentence: z.string(),
    text: z.string().nullable().meta({ description: 'What somebody wrote, when the sentence is not all of it' }),
    detail: z.string().nullable(),
    textId: z.string().nullable(),
    actor: z.string(),
    actorName: z.string(),
    about: z.record(z.string(), z.string()),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEntry' })

const views = ['everything', 'facts', 'notes', 'changes'] as const

export const incidentTimeline = defineQuery({
  name: 'incidents.timeline',
  summary: "Read an incident's timeline, newest first: everything that happened, with who and when",
  http: 'GET /incidents/{incident}/timeline',
  needs: 'incidents:read',
  on: ({ incident }) => ({ incident }),
  input: listInput({ incident: IncidentKey, only: z.enum(views).default('everything') }),
  output: z.object({ items: z.array(TimelineEntryView), nextCursor: z.string().optional(), counts: z.record(z.enum(views), z.number()) }),
  examples: [{ incident: '2417' }],
  async run({ scope, describe }, { incident: key, only, limit, cursor }) {
    const incident = await findIncident(scope, key)
    if (!incident) throw missing('incident')
    const where = await entriesOf(scope, incident)
    const before = decodeCursor(cursor)?.[0] as number | undefined
    const found = await entries({ scope, describe }, incident.id, allOf([where, ...filterOf(only)]), limit + 1, before)
    const items = found.slice(0, limit)
    return {
      items,
      nextCursor: found.length > limit ? encodeCursor([items.at(-1)!.position]) : undefined,
      counts: await countsOf(scope, where),
    }
  },
})

/** What happened in an incident that the caller has found, as far as its reader may see it: the newest `most` entries, oldest first. */
export async function readRecord(context: Reading, id: IncidentId, most: number) {
  const incident = await findIncident(context.scope, id)
  return incident ? (await entries(context, id, await entriesOf(context.scope, incident), most)).reverse() : []
}

type Reading = Pick<QueryContext, 'scope' | 'describe'>

async function entries({ scope, describe }: Reading, id: IncidentId, where: Sql, limit: number, before?: number) {
  const rows = await readEvents(scope, where, limit, before)
  const texts = new Map((await board.textsOf(scope, id)).map((text) => [text.id as string, text]))
  return (await describe(scope, rows)).map((event) => entry(event, texts))
}

/** What kind of entry an event is, by the words of its type. */
export function kindOf(type: string): EntryKind {
  const [subject, verb = ''] = type.split('.')
  if (subject === 'incident') {
    if (verb === 'note-added' || verb === 'text-erased') return 'note'
    if (verb === 'group-linked') return 'alert'
    if (verb.startsWith('task-')) return 'task'
    if (verb.startsWith('hypothesis-')) return 'hypothesis'
    if (verb.startsWith('decision-')) return 'decision'
    if (verb.startsWith('role-') || verb === 'responder-joined') return 'role'
    if (verb === 'update-due') return 'update'
    if (verb === 'page-failed') return 'page'
    return 'state'
  }
  return subjects[subject ?? ''] ?? 'state'
}

const subjects: Record<string, EntryKind> = {
  alert: 'alert',
  group: 'alert',
  page: 'page',
  person: 'page',
  notification: 'page',
  run: 'runbook',
  step: 'runbook',
  question: 'runbook',
  approval: 'approval',
  change: 'change',
  deploy: 'change',
  update: 'update',
  component: 'update',
  review: 'review',
  'action-item': 'review',
}

/** Told already by the `incident.state-changed` beside them. */
const silent = ['incident.resolved', 'incident.closed', 'incident.cancelled', 'incident.reopened']
const notes = ['incident.note-added']
const changes = ['change.', 'deploy.']

async function entriesOf(scope: Scope, incident: Incident): Promise<Sql> {
  const { id, serviceIds, occurredAt, openedAt, resolvedAt } = incident
  const groups = await seenGroups(scope, id)
  const changed = await changesInTimeline(scope, serviceIds, earliest(occurredAt ?? openedAt, openedAt), resolvedAt ?? scope.now)
  return sql`(stream = ${id} or (about ->> 'group' is not null and about ->> 'group' = any(${groups}::text[]) and coalesce(about ->> 'incident', ${id}) = ${id})
    or (about ->> 'change' is not null and about ->> 'change' = any(${changed}::text[]))) and type <> all(${silent}::text[])`
}

function filterOf(only: (typeof views)[number]): Sql[] {
  if (only === 'notes') return [sql`type = any(${notes}::text[])`]
  if (only === 'facts') return [sql`type <> all(${notes}::text[])`]
  if (only === 'changes') return [sql`(type like ${`${changes[0]}%`} or type like ${`${changes[1]}%`})`]
  return []
}

async function countsOf(scope: Scope, where: Sql) {
  const count = (only: Sql) => countEvents(scope, sql`${where} and ${only}`)
  const everything = await count(sql`true`)
  const ofNotes = await count(sql`type = any(${notes}::text[])`)
  return {
    everything,
    notes: ofNotes,
    changes: await count(sql`(type like ${`${changes[0]}%`} or type like ${`${changes[1]}%`})`),
    facts: everything - ofNotes,
  }
}

async function seenGroups(scope: Scope, id: IncidentId): Promise<string[]> {
  const groups: string[] = []
  for (const { groupId } of await board.groupsOf(scope, id)) if (await findGroup(scope, groupId)) groups.push(groupId)
  return groups
}

function entry(
  event: EventRecord & { sentence: string; actorName: string },
  texts: ReadonlyMap<string, board.Text>,
): z.input<typeof TimelineEntryView> {
  const data = event.data as { words?: { textId: string } | null; happenedAt?: z.output<typeof InstantOut> | null }
  const words = data.words ? texts.get(data.words.textId) : undefined
  const kind = kindOf(event.type)
  return {
    id: `e-${event.position}`,
    position: event.position,
    sequence: event.sequence,
    at: event.at,
    happenedAt: data.happenedAt ?? null,
    type: event.type,
    kind,
    sentence: event.sentence,
    text: words ? (words.text ?? '(erased)') : null,
    detail: words?.detail ?? null,
    textId: words?.id ?? null,
    actor: event.actor,
    actorName: event.actorName,
    about: event.about,
    data: event.data as Record<string, unknown>,
  }
}
