// The organisation, its people, teams and services as code. Passwords and sessions stay out of it: a person who is written sets their own.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { defineResource } from '#kernel/define.ts'
import { AppError, isRefusal, type Fault } from '#kernel/errors.ts'
import type { AllSpecs } from '#kernel/resource.ts'
import { changesOf } from '#platform/configuration/plan.ts'
import { organisationChanged, serviceRemoved, teamRemoved, userEnabled } from './events.ts'
import { addUser, changeUser, disableUser } from './people.ts'
import { makeService, reviseService } from './service-writing.ts'
import * as store from './store.ts'
import { addTeam, changeTeam } from './teams.ts'
import { Email, mostMembers, Name, RoleSchema, serviceFields as fields, Slug, ZoneSchema } from './views.ts'

// Far more than an organisation has: a list of these is complete.
const everything = 100_000

const OrganisationSpec = z.strictObject({ name: Name, zone: ZoneSchema.default('UTC') })

export const organisationResource = defineResource({
  kind: 'organisation',
  summary: 'What the organisation is called, and its time zone',
  schema: OrganisationSpec,
  key: () => 'organisation',
  async list(scope) {
    const organisation = await store.readOrganisation(scope)
    return organisation ? [organisation] : []
  },
  async save({ scope, emit }: CommandContext, spec, before) {
    await store.saveOrganisation(scope, spec)
    await emit(organisationChanged, { changed: Object.keys(changesOf(before, spec)) })
  },
})

const UserSpec = z.strictObject({
  handle: Slug,
  name: Name,
  email: Email,
  role: RoleSchema.default('responder'),
  zone: ZoneSchema.default('UTC'),
})
type UserSpec = z.output<typeof UserSpec>

/** Who is no longer written is disabled; who is written again is enabled. */
export const userResource = defineResource({
  kind: 'user',
  summary: 'A person: how they are called and reached, and their role',
  schema: UserSpec,
  key: (spec) => spec.handle,
  list: async (scope) =>
    (await store.listUsers(scope, { limit: everything })).map(({ handle, name, email, role, zone }) => ({
      handle,
      name,
      email,
      role,
      zone,
    })),
  async save({ scope, emit, run }: CommandContext, spec) {
    await store.lockUser(scope, spec.handle)
    const user = await store.findUser(scope, spec.handle)
    const owner = await store.credentialsByEmail(scope, spec.email)
    if (owner && owner.id !== user?.id)
      throw new AppError('bad-configuration', `Another person has the address ${spec.email}.`, {
        faults: [{ path: '/email', message: 'another person has this address' }],
      })
    if (!user) return void (await run(addUser, spec))
    if (user.disabledAt !== null) {
      await store.saveUser(scope, { ...user, disabledAt: null })
      await emit(userEnabled, { userId: user.id })
    }
    const { handle, ...changes } = spec
    await run(changeUser, { user: handle, ...changes })
  },
  remove: async ({ run }, spec) => void (await run(disableUser, { user: spec.handle })),
  check: (spec, all) =>
    (handlesByEmail(all).get(spec.email) ?? []).some(({ handle }) => handle !== spec.handle)
      ? [{ path: '/email', message: `another person has the address ${spec.email}: give each their own` }]
      : [],
})

/** Made once for all specs of a configuration: they may be thousands, and each is asked of all. */
function handlesByEmail(all: AllSpecs): ReadonlyMap<string, UserSpec[]> {
  const known = byEmail.get(all) ?? Map.groupBy(all.of('user') as UserSpec[], ({ email }) => email)
  byEmail.set(all, known)
  return known
}
const byEmail = new WeakMap<AllSpecs, ReadonlyMap<string, UserSpec[]>>()

const TeamSpec = z.strictObject({
  slug: Slug,
  name: Name,
  membersOnly: z.boolean().default(false).meta({ description: 'What belongs to the team is seen by its members alone' }),
  members: z
    .record(Slug, z.enum(['lead', 'member']))
    .refine((members) => Object.keys(members).length <= mostMembers, `a team has at most ${mostMembers} people`)
    .default({})
    .meta({ description: 'Handles of people, each with `lead` or `member`' }),
})

export const teamResource = defineResource({
  kind: 'team',
  summary: 'People who own services and are on call together',
  schema: TeamSpec,
  key: (spec) => spec.slug,
  async list(scope) {
    const teams = await store.listTeams(scope, undefined, everything)
    const members = await store.membersOf(
      scope,
      teams.map((team) => team.id),
    )
    return teams.map(({ id, slug, name, membersOnly }) => ({
      slug,
      name,
      membersOnly,
      members: Object.fromEntries(members.filter((member) => member.teamId === id).map(({ handle, role }) => [handle, role])),
    }))
  },
  async save({ run }: CommandContext, spec, before) {
    const { members, ...given } = before ? { slug: spec.slug, ...changesOf(before, spec) } : spec
    const list = members && Object.entries(members).map(([user, role]) => ({ user, role }))
    if (before) await run(changeTeam, { team: spec.slug, name: given.name, membersOnly: given.membersOnly, members: list })
    else await run(addTeam, { ...spec, members: list ?? [] })
  },
  async remove({ scope, emit }, spec) {
    const team = await store.findTeam(scope, spec.slug)
    if (!team) return
    await store.removeTeam(scope, team.id)
    await emit(teamRemoved, { teamId: team.id, slug: team.slug })
  },
  check: (spec, all) => Object.keys(spec.members).flatMap((handle) => absent(all, 'user', handle, `/members/${handle}`)),
})

const ServiceSpec = z.strictObject({
  slug: Slug,
  name: Name,
  description: fields.description.default(''),
  team: fields.team.default(null),
  tier: fields.tier.default(3).meta({ description: '1: customers notice at once; 5: nobody waits for it' }),
  policy: fields.policy.default(null).meta({ description: 'The escalation policy that its alerts page' }),
  dependsOn: fields.dependsOn.default([]),
  links: fields.links.default([]),
})

export const serviceResource = defineResource({
  kind: 'service',
  summary: 'Something that can break: who owns it and what it needs',
  schema: ServiceSpec,
  key: (spec) => spec.slug,
  list: async (scope) =>
    (await store.listServices(scope, { limit: everything })).map(
      ({ slug, name, description, teamSlug, tier, policy, dependsOn, links }) => ({
        slug,
        name,
        description,
        team: teamSlug,
        tier,
        policy,
        dependsOn,
        links,
      }),
    ),
  async save(context: CommandContext, spec, before) {
    if (before) return void (await reviseService(context, { service: spec.slug, ...changesOf(before, spec) }))
    const made = await makeService(context, spec)
    if (isRefusal(made)) throw new AppError('refused', made.reason)
  },
  async remove({ scope, emit }, spec) {
    const service = await store.findService(scope, spec.slug)
    if (!service) return
    await store.removeService(scope, service.id)
    await emit(serviceRemoved, { serviceId: service.id, slug: service.slug })
  },
  check: (spec, all) => [
    ...(spec.team === null ? [] : absent(all, 'team', spec.team, '/team')),
    ...(spec.policy === null ? [] : absent(all, 'policy', spec.policy, '/policy')),
    ...spec.dependsOn.flatMap((slug, index) =>
      slug === spec.slug
        ? [{ path: `/dependsOn/${index}`, message: 'a service does not depend on itself' }]
        : absent(all, 'service', slug, `/dependsOn/${index}`),
    ),
  ],
})

const absent = (all: AllSpecs, kind: string, key: string, path: string): Fault[] =>
  all.has(kind, key) ? [] : [{ path, message: `there is no ${kind} ${key}` }]
