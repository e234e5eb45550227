// What components, pages and updates look like from inside.
import { z } from 'zod'
import type { Scope } from '#kernel/scope.ts'
import { InstantOut } from '#kernel/time.ts'
import { findServices, findUsers } from '#domains/directory/index.ts'
import { ComponentIdSchema, ComponentStatusSchema, PageIdSchema, UpdateIdSchema } from './events.ts'
import type { Component } from './store.ts'
import type { Update } from './update-store.ts'

export const ComponentView = z
  .object({
    id: ComponentIdSchema,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    group: z.string(),
    /** Slug of the service behind it; never shown outside. */
    service: z.string().nullable(),
    status: ComponentStatusSchema,
  })
  .meta({ id: 'Component' })

export const StatusPageView = z
  .object({
    id: PageIdSchema,
    slug: z.string(),
    name: z.string(),
    visibility: z.enum(['public', 'internal']),
    zone: z.string(),
    /** Slugs, in the order shown. */
    components: z.array(z.string()),
    subscribers: z.number(),
    url: z.string(),
  })
  .meta({ id: 'StatusPage' })

export const UpdateView = z
  .object({
    id: UpdateIdSchema,
    incidentId: z.string().nullable(),
    number: z.number(),
    at: InstantOut,
    state: z.string(),
    headline: z.string(),
    text: z.string(),
    whoIsHit: z.string().nullable(),
    whatWeDo: z.string().nullable(),
    whenItEnds: z.string().nullable(),
    whatToSay: z.string().nullable(),
    components: z.array(z.object({ componentId: z.string(), status: ComponentStatusSchema })),
    nextUpdateAt: InstantOut.nullable(),
    /** Why it went where it went. */
    reason: z.string(),
    /** Null when the system wrote it. */
    author: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .meta({ id: 'Update' })

/** Views of components; a service that the actor may not see is left out. */
export async function componentViews(scope: Scope, components: readonly Component[]): Promise<z.input<typeof ComponentView>[]> {
  const services = await findServices(
    scope,
    components.flatMap(({ serviceId }) => (serviceId ? [serviceId] : [])),
  )
  return components.map(({ serviceId, heldBy: _, byHand: __, ...component }) => ({
    ...component,
    service: services.find(({ id }) => id === serviceId)?.slug ?? null,
  }))
}

/** Views of updates, with their authors' names. */
export async function updateViews(scope: Scope, updates: readonly Update[]): Promise<z.input<typeof UpdateView>[]> {
  const authors = await findUsers(scope, [...new Set(updates.map(({ author }) => author.split(' ')[0]!))])
  return updates.map(({ maintenanceId: _, lastedSeconds: __, ...update }) => {
    const author = authors.find(({ id }) => id === update.author.split(' ')[0])
    return { ...update, author: author ? { id: author.id, name: author.name } : null }
  })
}
