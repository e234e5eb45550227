// What people look at: lists, and single things by their ids. Each answer is handed to the invariants as who was shown what.
import type { AnyOperation } from '#kernel/command.ts'
import { getAlert, getGroup, listAlerts, listGroups } from '#domains/alerts/groups.ts'
import { listServices } from '#domains/directory/services.ts'
import { listTeams } from '#domains/directory/teams.ts'
import { listIncidents } from '#domains/incidents/queries.ts'
import { getIncident } from '#domains/incidents/screen.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { getPage, listPages } from '#domains/oncall/pages.ts'
import { getRun, listRuns, myPending } from '#domains/runbooks/run-queries.ts'
import { dashboard } from '#domains/status/dashboard.ts'
import { listUpdates } from '#domains/status/updates.ts'
import type { Random } from './random.ts'
import type { Answer, Seen } from './record.ts'

type Shown = Pick<Answer, 'kind' | 'ids' | 'all'>
type List = { items: { id: string }[]; nextCursor?: string }
type Look = { what: unknown; input: object; shows: (output: never) => Shown[] }

const list = (kind: string, what: unknown, input: object = { limit: 200 }): Look => ({
  what,
  input,
  shows: ({ items, nextCursor }: List) => [{ kind, ids: items.map(({ id }) => id), all: nextCursor === undefined }],
})
const part = (kind: string, ids: string[]): Shown => ({ kind, ids, all: false })

const lists: readonly Look[] = [
  list('alert', listAlerts),
  list('group', listGroups),
  list('page', listPages),
  list('incident', listIncidents),
  list('update', listUpdates),
  list('run', listRuns),
  list('team', listTeams),
  list('service', listServices),
  {
    what: myPending,
    input: {},
    shows: ({ items }: { items: { run: { id: string } }[] }) => [
      part(
        'run',
        items.map(({ run }) => run.id),
      ),
    ],
  },
  {
    what: dashboard,
    input: {},
    shows: ({ troubles }: { troubles: { incident: { id: string }; updates: { id: string }[] }[] }) => [
      part(
        'incident',
        troubles.map(({ incident }) => incident.id),
      ),
      part(
        'update',
        troubles.flatMap(({ updates }) => updates.map(({ id }) => id)),
      ),
    ],
  },
]

/** By kind: how one is asked for, and what else its answer shows. */
const single: Record<string, (id: string) => Look> = {
  alert: (alertId) => ({
    what: getAlert,
    input: { alertId },
    shows: ({ group }: { group: { id: string } | null }) => [part('group', group ? [group.id] : [])],
  }),
  group: (groupId) => ({
    what: getGroup,
    input: { groupId },
    shows: ({ alerts }: { alerts: { id: string }[] }) => [
      part(
        'alert',
        alerts.map(({ id }) => id),
      ),
    ],
  }),
  page: (pageId) => ({ what: getPage, input: { pageId }, shows: () => [] }),
  run: (run) => ({ what: getRun, input: { run }, shows: () => [] }),
  incident: (incident) => ({
    what: getIncident,
    input: { incident },
    shows: ({ groups }: { groups: { id: string }[] }) => [
      part(
        'group',
        groups.map(({ id }) => id),
      ),
    ],
  }),
}

const timeline = (incident: string): Look => ({
  what: incidentTimeline,
  input: { incident, limit: 200 },
  shows: ({ items }: { items: { type: string; about: { group?: string } }[] }) => [
    part(
      'group',
      items.flatMap(({ type, about }) => (type.startsWith('group.') && about.group ? [about.group] : [])),
    ),
  ],
})

export type Asking = {
  seen: Seen
  random: Random
  /** Asks as somebody as they are then; undefined when they are nobody any more. The output is undefined when there is no such thing for them. */
  ask: (what: AnyOperation, input: object) => Promise<{ user: string; known: number; output: unknown } | undefined>
  answered: (answer: Answer) => Promise<void>
}

/** Looks at some lists, and at some things whose ids somebody may have got from anybody. */
export async function read({ seen, random, ask, answered }: Asking): Promise<void> {
  for (const look of random.some(lists, 5)) await one(look)
  const known = Object.keys(single).flatMap((kind) => [...new Set(seen.events.flatMap(({ about }) => about[kind] ?? []))].slice(-4))
  for (const id of random.some(known, 6)) {
    const kind = Object.keys(single).find((candidate) => seen.events.some(({ about }) => about[candidate] === id))!
    await one(single[kind]!(id), { kind, id })
    if (kind === 'incident') await one(timeline(id), { kind, id })
  }

  async function one({ what, input, shows }: Look, asked?: { kind: string; id: string }): Promise<void> {
    const answer = await ask(what as AnyOperation, input)
    if (!answer) return
    const { output, ...who } = answer
    if (asked) await answered({ ...who, kind: asked.kind, ids: output === undefined ? [] : [asked.id], all: false, asked: asked.id })
    if (output !== undefined) for (const shown of shows(output as never)) await answered({ ...who, ...shown })
  }
}
