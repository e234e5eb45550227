// What people, teams and services look like from outside.
import { z } from 'zod'
import { InstantOut, ZoneSchema } from '#kernel/time.ts'
import { ServiceIdSchema, TeamIdSchema, UserIdSchema } from './events.ts'
import { roleNames } from './roles.ts'

/** Lower-case words joined by hyphens: the name in URLs and in configuration. */
export const Slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens, like payments-gateway')
export const Name = z.string().trim().min(1).max(120)
/** Lower case from here on, as addresses are kept and compared. */
export const Email = z.email().max(254).toLowerCase()
export const Password = z.string().min(12, 'use at least 12 characters').max(256)
export const RoleSchema = z.enum(roleNames)
export { ZoneSchema }

/** People of one team. */
export const mostMembers = 500

const Link = z.strictObject({ href: z.url({ protocol: /^https?$/ }).max(2000), text: Name })
/** What a service is described by, beside its slug. */
export const serviceFields = {
  name: Name,
  description: z.string().max(4000),
  team: Slug.nullable(),
  tier: z.number().int().min(1).max(5),
  policy: Slug.nullable(),
  dependsOn: z.array(Slug).max(50),
  links: z.array(Link).max(20),
}

export const UserView = z
  .object({
    id: UserIdSchema,
    handle: z.string(),
    name: z.string(),
    email: z.string().optional(),
    role: RoleSchema,
    zone: z.string(),
    disabledAt: InstantOut.nullable(),
    createdAt: InstantOut,
  })
  .meta({ id: 'User' })

export const TeamView = z
  .object({
    id: TeamIdSchema,
    slug: z.string(),
    name: z.string(),
    membersOnly: z.boolean(),
    members: z.array(z.object({ userId: UserIdSchema, handle: z.string(), name: z.string(), role: z.enum(['lead', 'member']) })),
  })
  .meta({ id: 'Team' })

export const ServiceView = z
  .object({
    id: ServiceIdSchema,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    team: z.object({ id: TeamIdSchema, slug: z.string(), name: z.string() }).nullable(),
    tier: z.number(),
    policy: z.string().nullable(),
    dependsOn: z.array(z.string()),
    links: z.array(z.object({ href: z.string(), text: z.string() })),
  })
  .meta({ id: 'Service' })

export const Done = z.object({ done: z.literal(true) }).meta({ id: 'Done' })
export const done = { done: true } as const
