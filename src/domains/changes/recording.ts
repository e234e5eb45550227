// Commands and queries about changes, and how they come in from pipelines.
import { z } from 'zod'
import type { TeamId } from '#kernel/actor.ts'
import { actorRef } from '#kernel/actor.ts'
import type { ReportedChange } from '#kernel/change.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { LinkSchema } from '#kernel/signal.ts'
import { InstantOut, InstantSchema, secondsBetween, type Instant } from '#kernel/time.ts'
import { findService, findServices, Slug } from '#domains/directory/index.ts'
import { ChangeIdSchema, changeRecorded } from './events.ts'
import * as store from './store.ts'

export const ChangeView = z
  .object({
    id: ChangeIdSchema,
    summary: z.string(),
    source: z.string(),
    service: z.object({ slug: z.string(), name: z.string() }).nullable(),
    links: z.array(z.object({ href: z.string(), text: z.string() })),
    at: InstantOut,
    by: z.string().nullable(),
  })
  .meta({ id: 'Change' })

export const listChanges = defineQuery({
  name: 'changes.list',
  summary: 'List what was changed, the newest first',
  http: 'GET /changes',
  needs: 'alerts:read',
  on: 'organisation',
  input: listInput({
    service: Slug.optional(),
    general: z
      .union([z.boolean(), z.stringbool()])
      .optional()
      .meta({ description: 'With `service`: also those of no service in particular' }),
    text: z.string().max(200).optional(),
    since: InstantSchema.optional(),
    until: InstantSchema.optional(),
  }),
  output: listOutput(ChangeView),
  examples: [{}, { service: 'payments-gateway', since: '2026-11-24T00:00:00Z' }],
  async run({ scope }, { limit, cursor, ...filter }) {
    const rows = await store.listChanges(scope, { ...filter, after: decodeCursor(cursor) }, limit + 1)
    return page(
      rows,
      limit,
      (row) => row,
      (row) => [row.at, row.id],
    )
  },
})

export const getChange = defineQuery({
  name: 'changes.get',
  summary: 'Show a change with whatever else its source said',
  http: 'GET /changes/{change}',
  needs: 'alerts:read',
  on: ({ change }) => ({ change }),
  input: z.strictObject({ change: ChangeIdSchema }),
  output: ChangeView.extend({ details: z.unknown() }),
  examples: [{ change: 'chg_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run({ scope }, { change: id }) {
    const found = await store.changeById(scope, id)
    if (!found) throw missing('change')
    return found
  },
})

/** By so much whoever says when it was may be ahead. */
const clocksApartSeconds = 300

export const recordChange = defineCommand({
  name: 'changes.record',
  summary: 'Record a change, like a deployment: it is shown beside what breaks after it',
  http: 'POST /changes',
  status: 201,
  needs: 'changes:record',
  on: ({ service }) => (service ? { service } : ({} as Record<string, string>)),
  input: z.strictObject({
    summary: z.string().trim().min(1).max(1024),
    service: Slug.optional(),
    at: InstantSchema.optional(),
    source: z.string().max(1024).default(''),
    links: z.array(LinkSchema).max(50).default([]),
  }),
  output: ChangeView,
  examples: [{ summary: '4.18.2 was deployed', service: 'payments-gateway', source: 'ci' }],
  async run(context, { service: slug, ...change }) {
    const { scope, now } = context
    if (change.at !== undefined && secondsBetween(now, change.at) > clocksApartSeconds)
      return refuse('This is still to come. Record it when it is done, or plan the work.')
    const service = slug === undefined ? undefined : await findService(scope, slug)
    if (slug !== undefined && !service) throw missing('service')
    const [id] = await insert(context, [{ ...change, at: change.at ?? now, service, integrationId: null, details: null }])
    const { details: _, ...recorded } = (await store.changeById(scope, id!))!
    return recorded
  },
})

/** Where what an integration says belongs, if it names no service. */
type Place = { id: Id<'int'>; serviceId: string | null; teamId: string | null }

/** Stores what an integration said was changed, in the current transaction. A service that nobody knows is as none. */
export async function takeInChanges(context: Writing, place: Place, changes: readonly ReportedChange[]): Promise<void> {
  const named = [...new Set(changes.flatMap(({ service }) => service ?? []))]
  const services = new Map((named.length === 0 ? [] : await findServices(context.scope, named)).map((service) => [service.slug, service]))
  const own = place.serviceId === null ? undefined : { id: place.serviceId as Id<'svc'>, teamId: place.teamId as TeamId | null }
  await insert(
    context,
    changes.map(({ summary, at, service, source, links, details }) => ({
      summary,
      // Of what is said to come later, the clock was wrong or the work is planned: it would be the newest change until then.
      at: at === undefined || at > context.now ? context.now : at,
      service: (service === undefined ? undefined : services.get(service)) ?? own,
      source: source ?? '',
      links,
      details: details ?? null,
      integrationId: place.id,
    })),
  )
}

type Writing = Pick<CommandContext, 'scope' | 'emit' | 'newId' | 'now'>
type Given = Pick<store.NewChange, 'summary' | 'at' | 'source' | 'links' | 'details' | 'integrationId'> & {
  service: { id: Id<'svc'>; teamId: TeamId | null } | undefined
}

async function insert({ scope, emit, newId, now }: Writing, given: readonly Given[]) {
  const changes = given.map(({ service, ...change }): store.NewChange => ({
    ...change,
    id: newId('chg'),
    serviceId: service?.id ?? null,
    teamId: service?.teamId ?? null,
    recordedBy: change.integrationId ?? actorRef(scope.actor),
  }))
  await store.insertChanges(scope, changes)
  for (const { id, serviceId, integrationId, at } of changes)
    await emit(
      changeRecorded,
      { changeId: id, serviceId, integrationId, happenedAt: isEarlier(at, now) ? at : null },
      { stream: integrationId ?? serviceId ?? id },
    )
  return changes.map(({ id }) => id)
}

/** By so much that it is worth telling both times. */
const isEarlier = (at: Instant, recordedAt: Instant): boolean => secondsBetween(at, recordedAt) >= 60
