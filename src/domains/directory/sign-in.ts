// Setting up, signing in and out: how a session comes to be and ends.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { addSeconds, InstantOut } from '#kernel/time.ts'
import type { UserId } from '#kernel/actor.ts'
import { readQuiet } from '#platform/installation/quiet.ts'
import { isAtTheMachine } from './at-the-machine.ts'
import { organisationSetUp, signedIn, userAdded } from './events.ts'
import { hashPassword, passwordMatches } from './password.ts'
import { permissions } from './roles.ts'
import * as store from './store.ts'
import { done, Done, Email, Name, Password, Slug, TeamView, UserView, ZoneSchema } from './views.ts'

const sessionSeconds = 30 * 86_400
export const SessionOut = z.object({ userId: z.string(), session: z.object({ secret: z.string(), expiresAt: InstantOut }) })

/** The text whose signature is the set-up token. */
export const setupTokenText = 'first administrator'

export const setupState = defineQuery({
  name: 'directory.setupState',
  summary: 'Whether the first administrator is still to be made',
  http: 'GET /setup',
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({
    needed: z.boolean(),
    tokenNeeded: z.boolean(),
    organisation: z.string().nullable(),
    mails: z.boolean().meta({ description: 'Whether a mail server is set, so that who forgot their password can ask for a link' }),
  }),
  examples: [{}],
  async run({ scope, caller, publicUrl, isSet }) {
    return {
      needed: !(await store.hasUsers(scope)),
      tokenNeeded: !isAtTheMachine(caller, publicUrl),
      organisation: (await store.readOrganisation(scope))?.name ?? null,
      mails: isSet('smtpUrl'),
    }
  },
})

export const setUp = defineCommand({
  name: 'directory.setUp',
  summary: 'Make the first administrator',
  http: 'POST /setup',
  status: 201,
  session: 'begins',
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({
    organisation: Name,
    name: Name,
    email: Email,
    password: Password,
    zone: ZoneSchema.default('UTC'),
    setupToken: z.string().max(100).optional(),
  }),
  output: SessionOut,
  examples: [
    {
      organisation: 'Fernhill',
      name: 'Mara Lindqvist',
      email: 'mara@example.org',
      password: 'a long sentence is best',
      zone: 'Europe/Berlin',
    },
  ],
  async run(context, input) {
    const { scope, caller, publicUrl, signer, emit, newId, outside } = context
    await store.lockSetup(scope)
    if (await store.hasUsers(scope)) return refuse('The first administrator exists already. Sign in, or ask them for an account.')
    if (!isAtTheMachine(caller, publicUrl) && signer.verify(setupTokenText, input.setupToken ?? '', 'setup') !== 'valid') {
      throw new AppError('forbidden', 'The set-up token is needed. It was printed when the server started.')
    }
    const id = newId('usr')
    await store.saveOrganisation(scope, { name: input.organisation, zone: input.zone })
    await store.insertUser(scope, {
      id,
      handle: handleFrom(input.email),
      name: input.name,
      email: input.email,
      role: 'administrator',
      zone: input.zone,
      passwordHash: await outside('hash', () => hashPassword(input.password)),
    })
    await emit(organisationSetUp, { userId: id })
    await emit(userAdded, { userId: id, role: 'administrator' })
    return beginSession(context, id)
  },
})

export const signIn = defineCommand({
  name: 'directory.signIn',
  summary: 'Sign in with e-mail and password',
  http: 'POST /session',
  session: 'begins',
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({ email: z.string().max(254), password: z.string().max(256) }),
  output: SessionOut,
  examples: [{ email: 'mara@example.org', password: 'a long sentence is best' }],
  async run(context, { email, password }) {
    const { scope, emit, outside } = context
    const found = await store.credentialsByEmail(scope, email)
    const hash = found?.passwordHash ?? null
    const matches = await outside(`matches ${hash}`, () => passwordMatches(password, hash))
    if (!found || !matches || found.disabledAt !== null) {
      return refuse('E-mail or password is not right.')
    }
    await emit(signedIn, { userId: found.id })
    return beginSession(context, found.id)
  },
})

export const signOut = defineCommand({
  name: 'directory.signOut',
  summary: 'Sign out of this browser',
  http: 'DELETE /session',
  session: 'ends',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: Done,
  examples: [{}],
  async run({ scope, actor }) {
    if (actor.kind === 'user') await store.deleteSession(scope, actor.sessionId)
    return done
  },
})

export const whoAmI = defineQuery({
  name: 'directory.whoAmI',
  summary: 'Who is signed in, and what they may do',
  http: 'GET /me',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({
    user: UserView,
    organisation: z.object({ name: z.string(), zone: z.string() }),
    may: z.array(z.string()),
    teams: z.array(
      TeamView.pick({ id: true, slug: true, name: true }).extend({
        role: z.string(),
        may: z
          .array(z.string())
          .meta({ description: 'What they may do with what belongs to the team, beyond what they may do everywhere' }),
      }),
    ),
    quiet: z
      .object({ since: InstantOut, backupAt: InstantOut })
      .nullable()
      .meta({ description: 'Since when this is a restored copy that pages nobody, and when its back-up was made' }),
  }),
  examples: [{}],
  async run({ scope, actor }) {
    const id = personOf(actor)
    const user = id && (await store.findUser(scope, id))
    if (!user) throw missing('person')
    const memberships = await store.membershipsOf(scope, user.id)
    const teams = await store.listTeams(scope, undefined, 500)
    const quiet = await readQuiet(scope)
    return {
      user,
      organisation: (await store.readOrganisation(scope)) ?? { name: 'Tocsin', zone: 'UTC' },
      may: Object.keys(permissions).filter((permission) => actor.rights.everywhere.has(permission as 'a:b')),
      teams: memberships.flatMap(({ teamId, role }) =>
        teams
          .filter((team) => team.id === teamId)
          .map(({ id, slug, name }) => ({ id, slug, name, role, may: [...(actor.rights.inTeam.get(teamId) ?? [])] })),
      ),
      quiet: quiet ? { since: quiet.since, backupAt: quiet.backupAt } : null,
    }
  },
})

/** Puts a session into the database; the answer becomes the browser's cookie. */
export async function beginSession({ scope, newSecret, caller }: CommandContext, userId: UserId) {
  const { secret, hash } = newSecret()
  const expiresAt = addSeconds(scope.now, sessionSeconds)
  await store.insertSession(scope, { id: hash, userId, agent: caller.agent.slice(0, 200), expiresAt })
  return { userId, session: { secret: secret.open(), expiresAt } }
}

/** A handle made of the e-mail's local part. */
export function handleFrom(email: string): string {
  const words = email
    .split('@')[0]!
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const handle = words.join('-').slice(0, 60)
  return Slug.safeParse(handle).success ? handle : 'administrator'
}
