// What happened to people, teams, services and sign-ins.
import { z } from 'zod'
import type { TeamId, UserId } from '#kernel/actor.ts'
import { defineEvent } from '#kernel/define.ts'
import { idOf, type Id } from '#kernel/ids.ts'

export const UserIdSchema = idOf('usr') as z.ZodType<UserId, UserId>
export const TeamIdSchema = idOf('tem') as z.ZodType<TeamId, TeamId>
export const ServiceIdSchema = idOf('svc') as z.ZodType<Id<'svc'>>
const Changed = z.array(z.string())

export const organisationSetUp = defineEvent({
  type: 'organisation.set-up',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.data.userId)} became the first administrator`,
})
export const organisationChanged = defineEvent({
  type: 'organisation.changed',
  version: 1,
  data: z.object({ changed: Changed }),
  about: () => ({ organisation: 'organisation' }),
  sentence: (event, name) => `${name(event.actor)} changed ${event.data.changed.join(', ')} of the organisation`,
})
export const userAdded = defineEvent({
  type: 'user.added',
  version: 1,
  data: z.object({ userId: UserIdSchema, role: z.string() }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.actor)} added ${name(event.data.userId)} as ${event.data.role}`,
})
export const userChanged = defineEvent({
  type: 'user.changed',
  version: 1,
  data: z.object({ userId: UserIdSchema, changed: Changed }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.actor)} changed ${event.data.changed.join(', ')} of ${name(event.data.userId)}`,
})
export const userDisabled = defineEvent({
  type: 'user.disabled',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.actor)} disabled ${name(event.data.userId)}`,
})
export const userEnabled = defineEvent({
  type: 'user.enabled',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.actor)} enabled ${name(event.data.userId)} again`,
})
export const passwordChanged = defineEvent({
  type: 'user.password-changed',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.data.userId)}'s password was changed, and every session ended`,
})
const LinkKind = z.enum(['asked', 'invitation', 'sent', 'machine'])
/** By somebody who may. `mailed`: else it was handed over. The link itself is a secret and never here. */
export const passwordLinkMade = defineEvent({
  type: 'user.password-link-made',
  version: 1,
  data: z.object({ userId: UserIdSchema, link: LinkKind, mailed: z.boolean() }),
  about: ({ userId }) => ({ user: userId }),
  sentence: ({ actor, data: { userId, link, mailed } }, name) =>
    link === 'machine'
      ? `A link to set a password was made for ${name(userId)} on the machine that Tocsin runs on`
      : `${name(actor)} ${mailed ? 'sent' : 'made'} ${name(userId)} ${link === 'invitation' ? 'an invitation' : 'a link to set a password'}`,
})
/** By whoever typed the address; it went to the address. */
export const passwordLinkAsked = defineEvent({
  type: 'user.password-link-asked',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `Somebody asked for a link to set ${name(event.data.userId)}'s password; it was mailed to them`,
})
export const passwordLinkNotMailed = defineEvent({
  type: 'user.password-link-not-mailed',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `A link to set a password could not be mailed to ${name(event.data.userId)}`,
})
export const passwordSet = defineEvent({
  type: 'user.password-set',
  version: 1,
  data: z.object({ userId: UserIdSchema, link: LinkKind, network: z.string() }),
  about: ({ userId }) => ({ user: userId }),
  sentence: ({ data: { userId, link, network } }, name) =>
    `${name(userId)} set a password from the network ${network} with ${linkWords[link]} and signed in; every other session ended`,
})
const linkWords: Record<z.output<typeof LinkKind>, string> = {
  asked: 'the link that was asked for',
  invitation: 'an invitation',
  sent: 'the link that they were sent',
  machine: 'a link made on the machine that Tocsin runs on',
}
export const signedIn = defineEvent({
  type: 'user.signed-in',
  version: 1,
  data: z.object({ userId: UserIdSchema }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.data.userId)} signed in`,
})
export const tokenMade = defineEvent({
  type: 'token.made',
  version: 1,
  data: z.object({ userId: UserIdSchema, tokenId: idOf('tok'), scopes: z.array(z.string()) }),
  about: ({ userId, tokenId }) => ({ user: userId, token: tokenId }),
  sentence: (event, name) => `${name(event.data.userId)} made an API token`,
})
export const tokenRevoked = defineEvent({
  type: 'token.revoked',
  version: 1,
  data: z.object({ userId: UserIdSchema, tokenId: idOf('tok') }),
  about: ({ userId, tokenId }) => ({ user: userId, token: tokenId }),
  sentence: (event, name) => `${name(event.data.userId)} revoked an API token`,
})
export const teamAdded = defineEvent({
  type: 'team.added',
  version: 1,
  data: z.object({ teamId: TeamIdSchema }),
  about: ({ teamId }) => ({ team: teamId }),
  sentence: (event, name) => `${name(event.actor)} added the team ${name(event.data.teamId)}`,
})
export const teamChanged = defineEvent({
  type: 'team.changed',
  version: 1,
  data: z.object({ teamId: TeamIdSchema, changed: Changed }),
  about: ({ teamId }) => ({ team: teamId }),
  sentence: (event, name) => `${name(event.actor)} changed ${event.data.changed.join(', ')} of the team ${name(event.data.teamId)}`,
})
export const serviceAdded = defineEvent({
  type: 'service.added',
  version: 1,
  data: z.object({ serviceId: ServiceIdSchema }),
  about: ({ serviceId }) => ({ service: serviceId }),
  sentence: (event, name) => `${name(event.actor)} added the service ${name(event.data.serviceId)}`,
})
export const serviceChanged = defineEvent({
  type: 'service.changed',
  version: 1,
  data: z.object({ serviceId: ServiceIdSchema, changed: Changed }),
  about: ({ serviceId }) => ({ service: serviceId }),
  sentence: (event, name) => `${name(event.actor)} changed ${event.data.changed.join(', ')} of ${name(event.data.serviceId)}`,
})
export const teamRemoved = defineEvent({
  type: 'team.removed',
  version: 1,
  data: z.object({ teamId: TeamIdSchema, slug: z.string().optional() }),
  about: ({ teamId }) => ({ team: teamId }),
  sentence: (event, name) => `${name(event.actor)} removed the team ${event.data.slug ?? event.data.teamId}`,
})
export const serviceRemoved = defineEvent({
  type: 'service.removed',
  version: 1,
  data: z.object({ serviceId: ServiceIdSchema, slug: z.string().optional() }),
  about: ({ serviceId }) => ({ service: serviceId }),
  sentence: (event, name) => `${name(event.actor)} removed the service ${event.data.slug ?? event.data.serviceId}`,
})
