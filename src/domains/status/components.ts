// Commands and queries about components: what the outside sees of what can break.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { done, Done, findService, Name, Slug } from '#domains/directory/index.ts'
import { setHealthByHand } from './component-health.ts'
import { componentRemoved, componentSaved, ComponentStatusSchema } from './events.ts'
import * as store from './store.ts'
import { ComponentView, componentViews } from './views.ts'

const fields = { name: Name, description: z.string().max(500), group: z.string().trim().max(80), service: Slug.nullable() }
const Key = z.string().max(60)

export const listComponents = defineQuery({
  name: 'status.listComponents',
  summary: 'List components',
  http: 'GET /components',
  needs: 'status:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(ComponentView) }),
  examples: [{}],
  run: async ({ scope }) => ({ items: await componentViews(scope, await store.allComponents(scope)) }),
})

export const addComponent = defineCommand({
  name: 'status.addComponent',
  summary: 'Add a component',
  http: 'POST /components',
  status: 201,
  needs: 'status:configure',
  on: 'organisation',
  input: z.strictObject({
    slug: Slug,
    name: fields.name,
    description: fields.description.default(''),
    group: fields.group.default(''),
    service: fields.service.default(null),
  }),
  output: ComponentView,
  examples: [{ slug: 'card-payments', name: 'Card payments' }],
  async run({ scope, emit, newId }, { service, ...input }) {
    if (await store.findComponent(scope, input.slug)) return refuse(`There is already a component ${input.slug}.`)
    const id = newId('cmp')
    await store.insertComponent(scope, { id, ...input, serviceId: await serviceIdOf(scope, service) })
    await store.insertChange(scope, id, 'works')
    await emit(componentSaved, { componentId: id, changed: [] })
    return (await componentViews(scope, await store.findComponents(scope, [id])))[0]!
  },
})

export const changeComponent = defineCommand({
  name: 'status.changeComponent',
  summary: 'Change a component',
  http: 'PATCH /components/{component}',
  needs: 'status:configure',
  on: ({ component }) => ({ component }),
  input: z.strictObject({ component: Key, ...z.strictObject(fields).partial().shape }),
  output: ComponentView,
  examples: [{ component: 'card-payments', name: 'Card payments' }],
  async run({ scope, emit }, { component: key, service, ...changes }) {
    const component = await store.findComponent(scope, key)
    if (!component) throw missing('component')
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    await store.saveComponent(scope, {
      ...component,
      ...given,
      serviceId: service === undefined ? component.serviceId : await serviceIdOf(scope, service),
    })
    const changed = [...Object.keys(given), ...(service === undefined ? [] : ['service'])]
    if (changed.length > 0) await emit(componentSaved, { componentId: component.id, changed })
    return (await componentViews(scope, await store.findComponents(scope, [component.id])))[0]!
  },
})

export const setComponentStatus = defineCommand({
  name: 'status.setComponent',
  summary: 'Say how a component is, without an incident',
  http: 'POST /components/{component}/status',
  needs: 'status:publish',
  on: ({ component }) => ({ component }),
  input: z.strictObject({ component: Key, status: ComponentStatusSchema }),
  output: ComponentView,
  examples: [{ component: 'card-payments', status: 'slow' }],
  async run(context, { component: key, status }) {
    const component = await store.findComponent(context.scope, key)
    if (!component) throw missing('component')
    await setHealthByHand(context, component.id, status)
    return (await componentViews(context.scope, await store.findComponents(context.scope, [component.id])))[0]!
  },
})

export const removeComponent = defineCommand({
  name: 'status.removeComponent',
  summary: 'Remove a component and its history',
  http: 'DELETE /components/{component}',
  needs: 'status:configure',
  on: ({ component }) => ({ component }),
  input: z.strictObject({ component: Key }),
  output: Done,
  examples: [{ component: 'card-payments' }],
  async run({ scope, emit }, { component: key }) {
    const component = await store.findComponent(scope, key)
    if (!component) throw missing('component')
    await store.deleteComponent(scope, component.id)
    await emit(componentRemoved, { componentId: component.id })
    return done
  },
})

/** The id of a service that the actor sees. Throws AppError 'missing'. */
async function serviceIdOf(scope: Scope, slug: string | null) {
  if (slug === null) return null
  const service = await findService(scope, slug)
  if (!service) throw missing('service')
  return service.id
}
