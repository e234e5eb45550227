// Components and status pages as YAML. What is listed is complete: applying it again changes nothing.
import { z } from 'zod'
import { defineResource } from '#kernel/define.ts'
import { changesOf } from '#platform/configuration/plan.ts'
import { findServices, Name, Slug, ZoneSchema } from '#domains/directory/index.ts'
import * as components from './components.ts'
import * as pages from './pages.ts'
import * as store from './store.ts'

const ComponentSpec = z.strictObject({
  slug: Slug,
  name: Name,
  description: z.string().max(500).default(''),
  group: z.string().trim().max(80).default(''),
  service: Slug.nullable().default(null),
})
const PageSpec = z.strictObject({
  slug: pages.PageSlug,
  name: Name,
  visibility: z.enum(['public', 'internal']).default('internal'),
  zone: ZoneSchema.default('UTC').meta({ description: 'Whose days are shown' }),
  components: pages.Components.default([]),
})

export const componentResource = defineResource({
  kind: 'component',
  summary: 'What the outside sees of what can break',
  schema: ComponentSpec,
  key: ({ slug }) => slug,
  async list(scope) {
    const all = await store.allComponents(scope)
    const services = await findServices(
      scope,
      all.flatMap(({ serviceId }) => serviceId ?? []),
    )
    return all.map(({ slug, name, description, group, serviceId }) => ({
      slug,
      name,
      description,
      group,
      service: services.find(({ id }) => id === serviceId)?.slug ?? null,
    }))
  },
  async save(context, spec, before) {
    if (before) await context.run(components.changeComponent, { component: spec.slug, ...changesOf(before, spec) })
    else await context.run(components.addComponent, spec)
  },
  remove: async (context, { slug }) => void (await context.run(components.removeComponent, { component: slug })),
  check: ({ service }, all) =>
    service === null || all.has('service', service) ? [] : [{ path: '/service', message: `there is no service ${service}` }],
})

export const statusPageResource = defineResource({
  kind: 'status-page',
  summary: 'Which components are shown to whom',
  schema: PageSpec,
  key: ({ slug }) => slug,
  async list(scope) {
    const shown = await store.componentsOfPages(scope)
    return (await store.allPages(scope)).map(({ id, slug, name, visibility, zone }) => ({
      slug,
      name,
      visibility,
      zone,
      components: shown.filter(({ pageId }) => pageId === id).map((component) => component.slug),
    }))
  },
  async save(context, spec, before) {
    if (before) await context.run(pages.changeStatusPage, { statusPage: spec.slug, ...changesOf(before, spec) })
    else await context.run(pages.addStatusPage, spec)
  },
  remove: async (context, { slug }) => void (await context.run(pages.removeStatusPage, { statusPage: slug })),
  check: ({ components: slugs }, all) =>
    slugs.flatMap((slug, index) =>
      all.has('component', slug) ? [] : [{ path: `/components/${index}`, message: `there is no component ${slug}` }],
    ),
})
