// How a service is written, through the API and as code, and how it looks from outside.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { missing, refuse, type Refusal } from '#kernel/errors.ts'
import { serviceAdded, serviceChanged } from './events.ts'
import * as store from './store.ts'
import { serviceFields as fields, type ServiceView, Slug } from './views.ts'

export const NewService = z.strictObject({
  slug: Slug,
  name: fields.name,
  description: fields.description.default(''),
  team: fields.team.default(null),
  tier: fields.tier.default(3),
  policy: fields.policy.default(null),
  dependsOn: fields.dependsOn.default([]),
  links: fields.links.default([]),
})

export const ServiceChanges = z.strictObject({ service: z.string().max(60), ...z.strictObject(fields).partial().shape })

export const view = ({ teamId, teamName, teamSlug, ...service }: store.Service): z.input<typeof ServiceView> => ({
  ...service,
  team: teamId && teamName && teamSlug ? { id: teamId, slug: teamSlug, name: teamName } : null,
})

/** Makes it, whatever it names: what is written together names each other in any order, and was checked as a whole. */
export async function makeService(
  { scope, emit, newId }: CommandContext,
  { team: teamSlug, ...input }: z.output<typeof NewService>,
): Promise<z.input<typeof ServiceView> | Refusal> {
  const team = teamSlug ? await store.findTeam(scope, teamSlug) : undefined
  if (teamSlug && !team) throw missing('team')
  const id = newId('svc')
  const isNew = await store.insertService(scope, { id, ...input, teamId: team?.id ?? null })
  if (!isNew) return refuse(`There is already a service ${input.slug}.`)
  await emit(serviceAdded, { serviceId: id })
  return view((await store.findService(scope, id))!)
}

/** Changes it in the same way. */
export async function reviseService(
  { scope, emit }: CommandContext,
  { service: key, team: teamSlug, ...changes }: z.output<typeof ServiceChanges>,
): Promise<z.input<typeof ServiceView>> {
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
}
