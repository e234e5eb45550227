// Commands and queries about services: what can break.
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { serviceAdded, serviceChanged } from './events.ts'
import * as store from './store.ts'
import { serviceFields as fields, ServiceView, Slug } from './views.ts'

const view = ({ teamId, teamName, teamSlug, ...service }: store.Service): z.input<typeof ServiceView> => ({
  ...service,
  team: teamId && teamName && teamSlug ? { id: teamId, slug: teamSlug, name: teamName } : null,
})

export const listServices = defineQuery({
  name: 'directory.listServices',
  summary: 'List services',
  http: 'GET /services',
  needs: 'directory:read',
  on: 'organisation',
  input: listInput({ team: Slug.optional(), text: z.string().max(100).optional() }),
  output: listOutput(ServiceView),
  examples: [{}],
  async run({ scope }, { team, text, limit, cursor }) {
    const rows = await store.listServices(scope, { team, text, after: decodeCursor(cursor)?.[0] as string | undefined, limit: limit + 1 })
    return page(rows, limit, view, (service) => [service.slug])
  },
})

export const getService = defineQuery({
  name: 'directory.getService',
  summary: 'Show one service',
  http: 'GET /services/{service}',
  needs: 'directory:read',
  on: ({ service }) => ({ service }),
  input: z.strictObject({ service: z.string().max(60) }),
  output: ServiceView,
  examples: [{ service: 'payments-gateway' }],
  async run({ scope }, { service }) {
    const found = await store.findService(scope, service)
    if (!found) throw missing('service')
    return view(found)
  },
})

export const addService = defineCommand({
  name: 'directory.addService',
  summary: 'Add a service',
  http: 'POST /services',
  status: 201,
  needs: 'directory:configure',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: z.strictObject({
    slug: Slug,
    name: fields.name,
    description: fields.description.default(''),
    team: fields.team.default(null),
    tier: fields.tier.default(3),
    policy: fields.policy.default(null),
    dependsOn: fields.dependsOn.default([]),
    links: fields.links.default([]),
  }),
  output: ServiceView,
  examples: [{ slug: 'payments-gateway', name: 'Payments gateway', team: 'payments', tier: 1 }],
  async run({ scope, emit, newId }, { team: teamSlug, ...input }) {
    const team = teamSlug ? await store.findTeam(scope, teamSlug) : undefined
    if (teamSlug && !team) throw missing('team')
    const id = newId('svc')
    const isNew = await store.insertService(scope, { id, ...input, teamId: team?.id ?? null })
    if (!isNew) return refuse(`There is already a service ${input.slug}.`)
    await emit(serviceAdded, { serviceId: id })
    return view((await store.findService(scope, id))!)
  },
})

export const changeService = defineCommand({
  name: 'directory.changeService',
  summary: 'Change a service',
  http: 'PATCH /services/{service}',
  needs: 'directory:configure',
  on: ({ service, team }) => ({ service, ...(team ? { team } : {}) }),
  input: z.strictObject({ service: z.string().max(60), ...z.strictObject(fields).partial().shape }),
  output: ServiceView,
  examples: [{ service: 'payments-gateway', tier: 1 }],
  async run({ scope, emit }, { service: key, team: teamSlug, ...changes }) {
    await store.lockService(scope, key)
    const service = await store.findService(scope, key)
    if (!service) throw missing('service')
    const team = teamSlug ? await store.findTeam(scope, teamSlug) : undefined
    if (teamSlug && !team) throw missing('team')
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    await store.saveService(scope, { ...service, ...given, teamId: teamSlug === undefined ? service.teamId : (team?.id ?? null) })
    const changed = [...Object.keys(given), ...(teamSlug === undefined ? [] : ['team'])]
    if (changed.length > 0) await emit(serviceChanged, { serviceId: service.id, changed })
    return view((await store.findService(scope, service.id))!)
  },
})
