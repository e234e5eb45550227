// Incidents as they are asked for in lists: filtered, matched while somebody types, counted, and the record's word for whether it is whole.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import { decodeCursor, encodeCursor, listInput, listOutput } from '#kernel/list.ts'
import { addSeconds } from '#kernel/time.ts'
import { sql } from '#kernel/sql.ts'
import { readEvents, verifyStream } from '#platform/events/read.ts'
import { Slug } from '#domains/directory/index.ts'
import * as board from './board-store.ts'
import { SeverityId, stateKinds, Word } from './process-definition.ts'
import * as store from './store.ts'
import { IncidentKey, IncidentView, viewsOf } from './views.ts'
import { isAsRecorded } from './words.ts'

export const listIncidents = defineQuery({
  name: 'incidents.list',
  summary: 'List incidents, newest first',
  http: 'GET /incidents',
  needs: 'incidents:read',
  on: 'organisation',
  input: listInput({
    open: z.union([z.boolean(), z.stringbool()]).optional(),
    kind: z.enum(stateKinds).optional(),
    state: Word.optional(),
    type: Slug.optional(),
    severity: SeverityId.optional(),
    service: Slug.optional(),
    team: Slug.optional(),
    mine: z
      .union([z.boolean(), z.stringbool()])
      .optional()
      .meta({ description: 'Only those I have a role in, was brought into, or reported' }),
    text: z.string().max(200).optional(),
  }),
  output: listOutput(IncidentView),
  examples: [{ open: true }],
  async run({ scope, actor }, { limit, cursor, mine, ...filter }) {
    const after = decodeCursor(cursor)?.[0] as number | undefined
    const rows = await store.listIncidents(scope, {
      ...filter,
      mine: mine ? (personOf(actor) ?? 'nobody') : undefined,
      after,
      limit: limit + 1,
    })
    const items = await viewsOf(scope, rows.slice(0, limit))
    return { items, nextCursor: rows.length > limit ? encodeCursor([items.at(-1)!.number]) : undefined }
  },
})

export const countIncidents = defineQuery({
  name: 'incidents.count',
  summary: 'How many incidents are open, and how severe the worst is',
  http: 'GET /incident-count',
  needs: 'incidents:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ open: z.number(), worst: SeverityId.nullable() }),
  examples: [{}],
  run: async ({ scope }) => (await store.countOpen(scope)) as { open: number; worst: SeverityId | null },
})

export const matchIncidents = defineQuery({
  name: 'incidents.match',
  summary: 'Find incidents like what somebody is typing: open ones, and solved ones that left a workaround',
  http: 'GET /incident-matches',
  needs: 'incidents:read',
  on: 'organisation',
  input: z.strictObject({ text: z.string().max(1000), service: Slug.optional() }),
  output: z.object({
    items: z.array(IncidentView.extend({ score: z.number(), workaround: z.string().nullable(), resolution: z.string().nullable() })),
  }),
  examples: [{ text: 'card payments fail' }],
  async run({ scope, now }, { text, service }) {
    const matches = await store.matchIncidents(scope, text, service, addSeconds(now, -180 * 86_400), 6)
    const views = await viewsOf(scope, matches)
    return {
      items: views.map((view, index) => ({
        ...view,
        score: matches[index]!.score,
        workaround: matches[index]!.fields['workaround'] ?? null,
        resolution: matches[index]!.fields['resolution'] ?? null,
      })),
    }
  },
})

export const verifyIncident = defineQuery({
  name: 'incidents.verify',
  summary: 'Verify that nobody altered the record of an incident, nor what was written in it',
  http: 'GET /incidents/{incident}/verify',
  needs: 'incidents:read',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey }),
  output: z.object({
    intact: z.boolean(),
    reason: z.string(),
    entries: z.number(),
    head: z.string().nullable(),
    texts: z.number(),
    erased: z.number(),
  }),
  examples: [{ incident: '2417' }],
  async run({ scope }, { incident: key }) {
    const incident = await store.findIncident(scope, key)
    if (!incident) throw missing('incident')
    const chain = await verifyStream(scope, incident.id)
    const texts = await board.textsOf(scope, incident.id)
    const recorded = await recordedHashes(scope, incident.id)
    const erased = texts.filter((text) => text.erasedAt !== null)
    const tellErased = new Set(await erasedTexts(scope, incident.id))
    const altered = texts.filter(
      (text) =>
        !recorded.has(text.id) || !isAsRecorded(text, recorded.get(text.id)!) || (text.erasedAt !== null && !tellErased.has(text.id)),
    )
    const lost = [...recorded.keys()].filter((id) => !texts.some((text) => text.id === id))
    const counts = { texts: texts.length, erased: erased.length }
    if (!chain.intact)
      return { intact: false, reason: `The record was altered: ${chain.reason}.`, entries: chain.sequence - 1, head: null, ...counts }
    const found = { entries: chain.length, head: chain.head, ...counts }
    if (altered.length > 0)
      return {
        intact: false,
        reason: `What was written as ${altered.map((text) => `${text.kind} ${text.id}`).join(', ')} is not what the record says.`,
        ...found,
      }
    if (lost.length > 0)
      return { intact: false, reason: `Texts that the record names are gone without having been erased: ${lost.join(', ')}.`, ...found }
    return { intact: true, reason: `All ${chain.length} entries follow from each other, and every text is as it was written.`, ...found }
  },
})

type Scope = Parameters<typeof store.findIncident>[0]

/** The hash of every text, as the events of the incident name it. */
async function recordedHashes(scope: Scope, id: string): Promise<Map<string, string>> {
  const rows = await readEvents(scope, sql`stream = ${id} and data -> 'words' ->> 'textId' is not null`, 100_000)
  return new Map(
    rows.map((row) => (row.data as { words: { textId: string; hash: string } }).words).map(({ textId, hash }) => [textId, hash]),
  )
}

const erasedTexts = async (scope: Scope, id: string): Promise<string[]> =>
  (await readEvents(scope, sql`stream = ${id} and type = 'incident.text-erased'`, 100_000)).map(
    (row) => (row.data as { textId: string }).textId,
  )
