// Reading reviews: the list, one with everything, and the document.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { readOrganisation } from '#domains/directory/index.ts'
import { findIncident, readRecord } from '#domains/incidents/index.ts'
import { reviewMarkdown } from './markdown.ts'
import * as store from './store.ts'
import { listViews, ReviewListView, ReviewView } from './views.ts'
import { IncidentKey, viewOf } from './writing.ts'

export const listReviews = defineQuery({
  name: 'reviews.list',
  summary: 'List reviews: drafts by their due date, then the published ones',
  http: 'GET /reviews',
  needs: 'reviews:read',
  on: 'organisation',
  input: listInput({ state: z.enum(['draft', 'published']).optional(), mine: z.stringbool().optional() }),
  output: listOutput(ReviewListView),
  examples: [{ state: 'draft' }],
  async run({ scope, actor }, { state, mine, limit, cursor }) {
    const person = personOf(actor)
    if (mine && !person) return { items: [] }
    const offset = Number(decodeCursor(cursor)?.[0] ?? 0)
    const rows = await store.listReviews(scope, {
      published: state === undefined ? undefined : state === 'published',
      ownerId: mine ? person : undefined,
      offset,
      limit: limit + 1,
    })
    const { items, nextCursor } = page(
      rows,
      limit,
      (row) => row,
      () => [offset + limit],
    )
    return { items: await listViews(scope, items), nextCursor }
  },
})

export const getReview = defineQuery({
  name: 'reviews.get',
  summary: 'Show the review of an incident',
  http: 'GET /reviews/{incident}',
  needs: 'reviews:read',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey }),
  output: ReviewView,
  examples: [{ incident: '2417' }],
  run: ({ scope }, { incident }) => viewOf(scope, incident),
})

export const exportReview = defineQuery({
  name: 'reviews.export',
  summary: 'A review as one Markdown document, with the record',
  http: 'GET /reviews/{incident}/markdown',
  needs: 'reviews:read',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey }),
  output: z.object({ fileName: z.string(), markdown: z.string() }),
  examples: [{ incident: '2417' }],
  async run(context, { incident: key }) {
    const { scope } = context
    const incident = await findIncident(scope, key)
    if (!incident) throw missing('incident')
    const review = await viewOf(scope, incident.id)
    const actions = review.actions.map(({ title, owner, dueOn, doneAt }) => ({ title, owner: owner?.name ?? null, dueOn, doneAt }))
    const sections = review.sections.filter(({ id, text }) => !(id === 'actions' && text.trim() === '' && actions.length > 0))
    const record = await readRecord(context, incident.id, mostEntries + 1)
    const timeline = record.slice(-mostEntries)
    const isCut = record.length > mostEntries
    const zone = (await readOrganisation(scope))?.zone ?? 'UTC'
    return {
      fileName: `INC-${incident.number}-review.md`,
      markdown: reviewMarkdown({ ...review, owner: review.owner?.name ?? null, sections, actions, timeline, isCut, zone }),
    }
  },
})

/** Entries of the record that a document holds at most: the newest ones. */
const mostEntries = 1000
