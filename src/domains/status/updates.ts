// Publishing an update about an incident, and reading what was published.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import type { Scope } from '#kernel/scope.ts'
import { InstantSchema } from '#kernel/time.ts'
import { Slug } from '#domains/directory/index.ts'
import { lockIncident } from '#domains/incidents/index.ts'
import { renderMarkdown } from '#platform/text/markdown.ts'
import { audienceOf, type Audience } from './audience.ts'
import { ComponentStatusSchema } from './events.ts'
import { headlineFrom } from './headline.ts'
import { factsOf, stateWord, type IncidentFacts } from './incident-facts.ts'
import { allPlaces } from './pages.ts'
import { publishAboutIncident } from './publishing.ts'
import * as components from './store.ts'
import { countAddresses } from './subscriber-store.ts'
import * as store from './update-store.ts'
import { UpdateView, updateViews } from './views.ts'

const Answer = z.string().trim().min(1).max(500)
const Line = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\r\n]*$/, 'is one line')
const draft = {
  incident: z.string().max(60),
  state: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .regex(/^[^\r\n]*$/, 'is one line')
    .optional(),
  headline: Line.optional(),
  text: z.string().trim().min(1).max(4000),
  components: z
    .array(z.strictObject({ component: Slug, status: ComponentStatusSchema }))
    .max(50)
    .optional(),
  pages: z.array(Slug).max(50).optional(),
}
const View = UpdateView.extend({ subscribers: z.number().meta({ description: 'Addresses that are told by mail' }) })

export const publishUpdate = defineCommand({
  name: 'status.publishUpdate',
  summary: 'Publish an update about an incident',
  http: 'POST /updates',
  status: 201,
  needs: 'status:publish',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    ...draft,
    whoIsHit: Answer.optional(),
    whatWeDo: Answer.optional(),
    whenItEnds: Answer.optional(),
    whatToSay: Answer.optional(),
    nextUpdateAt: InstantSchema.optional(),
  }),
  output: View,
  examples: [
    {
      incident: '2417',
      state: 'Fixing',
      text: 'Some card payments in Europe fail. We have found the cause and are undoing it.',
      components: [{ component: 'card-payments', status: 'partly-down' }],
    },
  ],
  async run(context, input) {
    const { scope, now } = context
    if (input.nextUpdateAt && input.nextUpdateAt <= now) return refuse('The next update must be in the future.')
    // It is not resolved meanwhile: what follows from its end would not see this update, which opens its notice.
    await lockIncident(scope, input.incident)
    const prepared = await prepare(scope, input)
    const { incident, audience, named } = prepared
    const update = await publishAboutIncident(context, incident, {
      ...input,
      headline: input.headline,
      state: prepared.state,
      components: named.map(({ id, status }) => ({ componentId: id, status })),
      audience,
      nextUpdateAt: input.nextUpdateAt ?? null,
    })
    return {
      ...(await updateViews(scope, [update]))[0]!,
      subscribers: await countAddresses(
        scope,
        audience.places.map(({ id }) => id),
      ),
    }
  },
})

export const previewUpdate = defineQuery({
  name: 'status.previewUpdate',
  summary: 'What an update would say where, and to how many',
  http: 'POST /updates/preview',
  needs: 'status:publish',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ ...draft, text: z.string().max(4000).default('') }),
  output: z.object({
    number: z.number(),
    state: z.string(),
    headline: z.string(),
    html: z.string(),
    reason: z.string(),
    places: z.array(z.object({ slug: z.string(), name: z.string(), visibility: z.enum(['public', 'internal']) })),
    subscribers: z.number(),
  }),
  examples: [{ incident: '2417', text: 'Some card payments in Europe fail.' }],
  async run({ scope }, input) {
    const { incident, latest, audience, state } = await prepare(scope, input)
    const notice = await store.findNotice(scope, incident.id)
    return {
      number: (latest?.number ?? 0) + 1,
      state,
      headline: input.headline ?? notice?.headline ?? headlineFrom(input.text),
      html: renderMarkdown(input.text),
      reason: audience.reason,
      places: audience.places.map(({ slug, name, visibility }) => ({ slug, name, visibility })),
      subscribers: await countAddresses(
        scope,
        audience.places.map(({ id }) => id),
      ),
    }
  },
})

export const listUpdates = defineQuery({
  name: 'status.listUpdates',
  summary: 'List updates, newest first',
  http: 'GET /updates',
  needs: 'status:read',
  on: 'organisation',
  input: listInput({ incident: z.string().max(60).optional() }),
  output: listOutput(UpdateView),
  examples: [{}],
  async run({ scope }, { incident: key, limit, cursor }) {
    if (key !== undefined) {
      const incident = await factsOf(scope, key)
      if (!incident) throw missing('incident')
      return { items: await updateViews(scope, await store.updatesOfIncidents(scope, [incident.id])) }
    }
    const rows = await store.updatesBefore(scope, decodeCursor(cursor)?.[0] as string | undefined, limit + 1)
    const { items, nextCursor } = page(
      rows,
      limit,
      (row) => row,
      (row) => [row.id],
    )
    const hidden = new Set<string>()
    for (const id of new Set(items.flatMap(({ incidentId }) => incidentId ?? []))) if (!(await factsOf(scope, id))) hidden.add(id)
    return {
      items: await updateViews(
        scope,
        items.filter(({ incidentId }) => incidentId === null || !hidden.has(incidentId)),
      ),
      nextCursor,
    }
  },
})

type Prepared = {
  incident: IncidentFacts
  latest: store.Update | undefined
  named: (components.Component & { status: z.output<typeof ComponentStatusSchema> })[]
  audience: Audience
  state: string
}

/** Everything that an update needs to know before it is written. Throws AppError 'missing' for what the actor does not see. */
async function prepare(
  scope: Scope,
  input: {
    incident: string
    state?: string | undefined
    components?: { component: string; status: z.output<typeof ComponentStatusSchema> }[] | undefined
    pages?: string[] | undefined
  },
): Promise<Prepared> {
  const incident = await factsOf(scope, input.incident)
  if (!incident) throw missing('incident')
  const latest = await store.latestOfIncident(scope, incident.id)
  const found = await components.findComponents(
    scope,
    (input.components ?? []).map(({ component }) => component),
  )
  const named = (input.components ?? []).map(({ component: slug, status }) => {
    const component = found.find((candidate) => candidate.slug === slug)
    if (!component) throw missing(`component ${slug}`)
    return { ...component, status }
  })
  const pages = await allPlaces(scope)
  const unknown = input.pages?.find((slug) => !pages.some((candidate) => candidate.slug === slug))
  if (unknown) throw missing(`status page ${unknown}`)
  const audience = audienceOf({ pages, chosen: input.pages, earlier: await store.pageIdsOfIncident(scope, incident.id), named })
  return { incident, latest, named, audience, state: input.state ?? stateWord(incident) }
}
