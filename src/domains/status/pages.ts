// Commands and queries about status pages: which components are shown to whom.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { done, Done, Name, readOrganisation, Slug, ZoneSchema } from '#domains/directory/index.ts'
import type { Place } from './audience.ts'
import { pageRemoved, pageSaved } from './events.ts'
import * as store from './store.ts'
import { countByPage } from './subscriber-store.ts'
import { StatusPageView } from './views.ts'

/** Words that stand in addresses below /s already. */
const reserved = ['confirm', 'unsubscribe']
export const PageSlug = Slug.refine((slug) => !reserved.includes(slug), `is taken: choose another one than ${reserved.join(' or ')}`)
export const Components = z
  .array(Slug)
  .max(200)
  .refine((slugs) => new Set(slugs).size === slugs.length, 'names a component twice')
const fields = { name: Name, visibility: z.enum(['public', 'internal']), zone: ZoneSchema, components: Components }
const Key = z.string().max(60)

export const listStatusPages = defineQuery({
  name: 'status.listPages',
  summary: 'List status pages',
  http: 'GET /status-pages',
  needs: 'status:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(StatusPageView) }),
  examples: [{}],
  run: async ({ scope, publicUrl }) => ({ items: await pageViews(scope, publicUrl, await store.allPages(scope)) }),
})

export const addStatusPage = defineCommand({
  name: 'status.addPage',
  summary: 'Add a status page',
  http: 'POST /status-pages',
  status: 201,
  needs: 'status:configure',
  on: 'organisation',
  input: z.strictObject({
    slug: PageSlug,
    name: fields.name,
    visibility: fields.visibility.default('internal'),
    zone: fields.zone.optional(),
    components: fields.components.default([]),
  }),
  output: StatusPageView,
  examples: [{ slug: 'shop', name: 'Shop status', visibility: 'public', components: [] }],
  async run({ scope, emit, newId, publicUrl }, { slug, name, visibility, zone, components }) {
    if (await store.findPage(scope, slug)) return refuse(`There is already a status page ${slug}.`)
    const page = { id: newId('stp'), slug, name, visibility, zone: zone ?? (await readOrganisation(scope))?.zone ?? 'UTC' }
    await store.insertPage(scope, page)
    await store.setPageComponents(scope, page.id, await componentIds(scope, components))
    await emit(pageSaved, { pageId: page.id, changed: [] })
    return (await pageViews(scope, publicUrl, [page]))[0]!
  },
})

export const changeStatusPage = defineCommand({
  name: 'status.changePage',
  summary: 'Change a status page',
  http: 'PATCH /status-pages/{statusPage}',
  needs: 'status:configure',
  on: ({ statusPage }) => ({ statusPage }),
  input: z.strictObject({ statusPage: Key, ...z.strictObject(fields).partial().shape }),
  output: StatusPageView,
  examples: [{ statusPage: 'shop', name: 'Shop status' }],
  async run({ scope, emit, publicUrl }, { statusPage: key, components, ...changes }) {
    const page = await store.findPage(scope, key)
    if (!page) throw missing('statusPage')
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const next = { ...page, ...given }
    await store.savePage(scope, next)
    if (components) await store.setPageComponents(scope, page.id, await componentIds(scope, components))
    const changed = [...Object.keys(given), ...(components ? ['components'] : [])]
    if (changed.length > 0) await emit(pageSaved, { pageId: page.id, changed })
    return (await pageViews(scope, publicUrl, [next]))[0]!
  },
})

export const removeStatusPage = defineCommand({
  name: 'status.removePage',
  summary: 'Remove a status page and forget its subscribers',
  http: 'DELETE /status-pages/{statusPage}',
  needs: 'status:configure',
  on: ({ statusPage }) => ({ statusPage }),
  input: z.strictObject({ statusPage: Key }),
  output: Done,
  examples: [{ statusPage: 'shop' }],
  async run({ scope, emit }, { statusPage: key }) {
    const page = await store.findPage(scope, key)
    if (!page) throw missing('statusPage')
    await store.deletePage(scope, page.id)
    await emit(pageRemoved, { pageId: page.id })
    return done
  },
})

/** Every page with what it shows, for deciding where an update goes. */
export async function allPlaces(scope: Scope): Promise<Place[]> {
  const shown = await store.componentsOfPages(scope)
  return (await store.allPages(scope)).map((page) => ({
    ...page,
    componentIds: shown.filter(({ pageId }) => pageId === page.id).map(({ id }) => id),
  }))
}

async function pageViews(scope: Scope, publicUrl: string, pages: store.StatusPage[]): Promise<z.input<typeof StatusPageView>[]> {
  const shown = await store.componentsOfPages(scope)
  const counts = await countByPage(
    scope,
    pages.map(({ id }) => id),
  )
  return pages.map((page) => ({
    ...page,
    components: shown.filter(({ pageId }) => pageId === page.id).map(({ slug }) => slug),
    subscribers: counts.get(page.id) ?? 0,
    url: page.visibility === 'public' ? `${publicUrl}/s/${page.slug}` : `${publicUrl}/updates`,
  }))
}

/** Ids in the order of the slugs. Throws AppError 'missing'. */
async function componentIds(scope: Scope, slugs: readonly string[]) {
  const found = await store.findComponents(scope, slugs)
  return slugs.map((slug) => {
    const component = found.find((candidate) => candidate.slug === slug)
    if (!component) throw missing(`component ${slug}`)
    return component.id
  })
}
