// Commands and queries about people.
import { z } from 'zod'
import { may, personOf } from '#kernel/actor.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import type { Scope } from '#kernel/scope.ts'
import { passwordChanged, userAdded, userChanged, userDisabled } from './events.ts'
import { hashPassword, passwordMatches } from './password.ts'
import { endLinks } from './password-link-store.ts'
import { PasswordLinkView, sendLink } from './password-links.ts'
import * as store from './store.ts'
import { done, Done, Email, Name, Password, RoleSchema, Slug, UserView, ZoneSchema } from './views.ts'

/** E-mail addresses are shown to those who keep the directory, and to oneself. */
const view = (scope: Scope, user: store.User): z.input<typeof UserView> => {
  const { email, ...shown } = user
  return may(scope.actor, 'directory:configure', null) || personOf(scope.actor) === user.id ? { ...shown, email } : shown
}

export const listUsers = defineQuery({
  name: 'directory.listUsers',
  summary: 'List people',
  http: 'GET /users',
  needs: 'directory:read',
  on: 'organisation',
  input: listInput({ text: z.string().max(100).optional(), includeDisabled: z.stringbool().optional() }),
  output: listOutput(UserView),
  examples: [{}],
  async run({ scope }, { text, includeDisabled, limit, cursor }) {
    const after = decodeCursor(cursor)?.[0] as string | undefined
    const rows = await store.listUsers(scope, { text, after, includeDisabled: includeDisabled ?? false, limit: limit + 1 })
    return page(
      rows,
      limit,
      (user) => view(scope, user),
      (user) => [user.handle],
    )
  },
})

export const getUser = defineQuery({
  name: 'directory.getUser',
  summary: 'Show one person',
  http: 'GET /users/{user}',
  needs: 'directory:read',
  on: ({ user }) => ({ user }),
  input: z.strictObject({ user: z.string().max(60) }),
  output: UserView,
  examples: [{ user: 'mara' }],
  async run({ scope }, { user }) {
    const found = await store.findUser(scope, user)
    if (!found) throw missing('person')
    return view(scope, found)
  },
})

export const addUser = defineCommand({
  name: 'directory.addUser',
  summary: 'Add a person',
  http: 'POST /users',
  status: 201,
  needs: 'directory:configure',
  on: 'organisation',
  input: z.strictObject({
    handle: Slug,
    name: Name,
    email: Email,
    role: RoleSchema.default('responder'),
    zone: ZoneSchema.default('UTC'),
    password: Password.optional(),
    invite: z.boolean().optional().meta({ description: 'Mail them a link to set their password' }),
  }),
  output: UserView.extend({
    signIn: z.string().meta({ description: 'How they get in, in a sentence' }),
    invitation: PasswordLinkView.nullable(),
  }),
  examples: [{ handle: 'mara', name: 'Mara Lindqvist', email: 'mara@example.org', role: 'responder', zone: 'Europe/Berlin' }],
  async run(context, input) {
    const { scope, actor, emit, newId, outside } = context
    if (input.invite && input.password !== undefined) return refuse('Who is invited sets their own password: leave it out.')
    if (input.role === 'administrator' && !may(actor, 'platform:configure', null))
      return refuse('Only an administrator can add another administrator.')
    if (await store.findUser(scope, input.handle)) return refuse(`There is already a person with the handle ${input.handle}.`)
    if (await store.credentialsByEmail(scope, input.email)) return refuse('There is already a person with this e-mail address.')
    const user = { id: newId('usr'), handle: input.handle, name: input.name, email: input.email, role: input.role, zone: input.zone }
    const { password } = input
    await store.insertUser(scope, { ...user, passwordHash: password ? await outside('hash', () => hashPassword(password)) : null })
    await emit(userAdded, { userId: user.id, role: user.role })
    const invitation = input.invite ? await sendLink(context, user.id, 'invitation') : null
    const signIn = wayIn(password !== undefined, invitation, context.isSet('smtpUrl'))
    return { ...view(scope, { ...user, disabledAt: null, createdAt: scope.now }), signIn, invitation }
  },
})

function wayIn(hasPassword: boolean, invitation: z.input<typeof PasswordLinkView> | null, mails: boolean): string {
  if (hasPassword) return 'They sign in with their address and the password that was given.'
  if (invitation?.mailed) return 'A link to set their password is mailed to them. It works once, for seven days.'
  if (invitation) return 'Hand over the link with which they set their password. It works once, for seven days.'
  return mails
    ? 'They have no password yet: send them a link to set one, or let them ask for it where they sign in.'
    : 'They have no password yet: make a link with which they set one, and hand it over.'
}

export const changeUser = defineCommand({
  name: 'directory.changeUser',
  summary: "Change a person's name, address, role or zone",
  http: 'PATCH /users/{user}',
  needs: 'directory:configure',
  on: 'organisation',
  input: z.strictObject({
    user: z.string().max(60),
    name: Name.optional(),
    email: Email.optional(),
    role: RoleSchema.optional(),
    zone: ZoneSchema.optional(),
  }),
  output: UserView,
  examples: [{ user: 'mara', role: 'manager' }],
  async run({ scope, actor, emit }, { user: key, ...changes }) {
    await store.lockUser(scope, key)
    const user = await store.findUser(scope, key)
    if (!user) throw missing('person')
    if (
      (changes.role ?? user.role) !== user.role &&
      [changes.role, user.role].includes('administrator') &&
      !may(actor, 'platform:configure', null)
    ) {
      return refuse('Only an administrator can make or unmake an administrator.')
    }
    const email = changes.email?.toLowerCase() ?? user.email
    if (email !== user.email) {
      // They sign in with it, and are paged there.
      if (user.role === 'administrator' && !may(actor, 'platform:configure', null))
        return refuse("Only an administrator can change an administrator's address.")
      if (await store.credentialsByEmail(scope, email)) return refuse('There is already a person with this e-mail address.')
    }
    if ((changes.role ?? user.role) !== 'administrator' && (await isLastAdministrator(scope, user))) return refuse(noneLeft)
    const changed = (Object.keys(changes) as (keyof typeof changes)[]).filter(
      (field) => changes[field] !== undefined && changes[field] !== user[field],
    )
    const next = { ...user, ...Object.fromEntries(changed.map((field) => [field, changes[field]])) } as store.User
    if (changed.length > 0) {
      await store.saveUser(scope, next)
      if (changed.includes('email')) await endLinks(scope, user.id, 'address')
      await emit(userChanged, { userId: user.id, changed })
    }
    return view(scope, next)
  },
})

export const disableUser = defineCommand({
  name: 'directory.disableUser',
  summary: 'Disable a person: ends every session and token at once',
  http: 'POST /users/{user}/disable',
  needs: 'directory:configure',
  on: 'organisation',
  input: z.strictObject({ user: z.string().max(60) }),
  output: UserView,
  examples: [{ user: 'mara' }],
  async run({ scope, actor, emit }, { user: key }) {
    await store.lockUser(scope, key)
    const user = await store.findUser(scope, key)
    if (!user) throw missing('person')
    if (user.id === personOf(actor)) return refuse('You cannot disable yourself; ask another administrator.')
    if (user.role === 'administrator' && !may(actor, 'platform:configure', null))
      return refuse('Only an administrator can disable an administrator.')
    if (await isLastAdministrator(scope, user)) return refuse(noneLeft)
    const next = { ...user, disabledAt: user.disabledAt ?? scope.now }
    await store.saveUser(scope, next)
    await store.deleteSessionsOf(scope, user.id, null)
    await store.revokeTokensOf(scope, user.id)
    await endLinks(scope, user.id, 'disabled')
    await emit(userDisabled, { userId: user.id })
    return view(scope, next)
  },
})

const noneLeft = 'There would be no administrator any more. Make somebody else one first.'

/** Of two who do this to each other at once, the second sees what the first did. */
async function isLastAdministrator(scope: Scope, user: store.User): Promise<boolean> {
  if (user.role !== 'administrator' || user.disabledAt !== null) return false
  await store.lockSetup(scope)
  return (await store.listAdministrators(scope)).every(({ id }) => id === user.id)
}

export const changePassword = defineCommand({
  name: 'directory.changePassword',
  summary: 'Change your password; every other session ends',
  http: 'POST /me/password',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ current: z.string().max(256), next: Password }),
  output: Done,
  examples: [{ current: 'the one before it', next: 'a long sentence is best' }],
  async run({ scope, actor, emit, outside }, { current, next }) {
    if (actor.kind !== 'user') return refuse('A password is changed by its person, in the browser.')
    const hash = (await store.credentialsOf(scope, actor.userId))?.passwordHash ?? null
    if (!(await outside(`matches ${hash}`, () => passwordMatches(current, hash))))
      throw new AppError('forbidden', 'The current password is not right.')
    await store.savePassword(scope, actor.userId, await outside('hash', () => hashPassword(next)))
    await endLinks(scope, actor.userId, 'password')
    await store.deleteSessionsOf(scope, actor.userId, actor.sessionId)
    await emit(passwordChanged, { userId: actor.userId })
    return done
  },
})
