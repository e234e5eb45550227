// Links with which people set a password: who forgot it asks for one, who is invited or helped gets one, and each works once. No answer tells whether an
// address is known, or why a link does not work.
import { z } from 'zod'
import { may, personOf, type UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineRecurring } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { addSeconds, InstantOut, type Instant } from '#kernel/time.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { passwordLinkMade, passwordSet } from './events.ts'
import { hashPassword } from './password.ts'
import * as links from './password-link-store.ts'
import { linkTo, passwordMail, tokenPlace } from './password-mails.ts'
import { beginSession, SessionOut } from './sign-in.ts'
import * as store from './store.ts'
import { done, Done, Email, Password } from './views.ts'

const hourSeconds = 3600
const weekSeconds = 7 * 86_400
/** For one address; more are not answered in another way. So many are open at once, for each works for an hour. */
const asksPerHour = 5
/** For all addresses together: strangers do not fill the database. */
const mostPerHour = 3000

export const PasswordLinkView = z
  .object({
    mailed: z.boolean(),
    link: z.string().optional().meta({ description: 'Only where no mail server is set: whoever asked hands it over' }),
    expiresAt: InstantOut,
  })
  .meta({ id: 'PasswordLink' })

export const askForPasswordLink = defineCommand({
  name: 'directory.askForPasswordLink',
  summary: 'Ask for a mail with a link to set a new password; the answer is the same for every address',
  http: 'POST /password-links',
  status: 202,
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({ email: Email }),
  output: Done,
  examples: [{ email: 'mara@example.org' }],
  async run(context, { email }) {
    const { scope, isSet, signer, now } = context
    if (!isSet('smtpUrl')) return refuse('This installation sends no mail. Ask an administrator for a link to set a password.')
    // For an address that nobody has the same is done, to the mail that is not sent: after the commit, when nobody waits for an answer.
    const person = await links.lockPersonAt(scope, email)
    const addressMark = signer.sign(email, 'asked for a password link')
    const hourAgo = addSeconds(now, -hourSeconds)
    if ((await links.countMade(scope, hourAgo)) >= mostPerHour)
      throw new AppError('too-many', 'Too many links were asked for: try again in an hour.', { retryAfterSeconds: hourSeconds })
    if ((await links.countAskedFor(scope, addressMark, hourAgo)) >= asksPerHour) return done
    const { id } = await makeLink(context, person?.id ?? null, { kind: 'asked', sealed: true, addressMark })
    await context.tell(passwordMail, `${id}/link`, { type: 'link', linkId: id })
    return done
  },
})

export const sendPasswordLink = defineCommand({
  name: 'directory.sendPasswordLink',
  summary: 'Send a person a link to set a password; links sent before no longer work',
  http: 'POST /users/{user}/password-link',
  status: 201,
  needs: 'directory:configure',
  on: ({ user }) => ({ user }),
  input: z.strictObject({ user: z.string().max(60) }),
  output: PasswordLinkView,
  examples: [{ user: 'mara' }],
  async run(context, { user: key }) {
    const user = await store.findUser(context.scope, key)
    if (!user) throw missing('person')
    if (user.role === 'administrator' && !may(context.actor, 'platform:configure', null))
      return refuse('Only an administrator can send an administrator a link to set a password.')
    const person = await links.lockPerson(context.scope, user.id)
    if (!person || person.disabledAt !== null) return refuse('This person is disabled: a link would not let them in.')
    return sendLink(context, user.id, person.hasPassword ? 'sent' : 'invitation')
  },
})

export const setPassword = defineCommand({
  name: 'directory.setPassword',
  summary: 'Set a password with a link, and sign in; every other session ends',
  http: 'POST /session/password',
  session: 'begins',
  needs: 'public',
  on: 'organisation',
  input: z.strictObject({ token: z.string().max(100), password: Password }),
  output: SessionOut,
  examples: [{ token: 'iX0nYq0mVq6Jm2c7H1dKQy3oT8sZ4bRw', password: 'a long sentence is best' }],
  async run(context, { token, password }) {
    const { scope, emit, caller, outside, isSet } = context
    // First, whatever the link is: one that does not work costs as much.
    const passwordHash = await outside('hash', () => hashPassword(password))
    const link = await links.findLink(scope, hashOfToken(token))
    const person = link?.userId ? await links.lockPerson(scope, link.userId) : undefined
    if (!link || !person || person.disabledAt !== null || !(await links.useLink(scope, link.id)))
      throw new AppError('gone', 'This link does not work, or not any more. Ask for a new one.')
    await store.savePassword(scope, person.id, passwordHash)
    await links.endLinks(scope, person.id, 'password')
    await store.deleteSessionsOf(scope, person.id, null)
    await emit(passwordSet, { userId: person.id, link: link.kind, network: caller.network })
    if (isSet('smtpUrl')) await context.tell(passwordMail, `${link.id}/set`, { type: 'set', linkId: link.id, network: caller.network })
    return beginSession(context, person.id)
  },
})

/** Mails a link, or where no mail server is set gives it back. The person is locked, or new. */
export async function sendLink(
  context: CommandContext,
  userId: UserId,
  kind: 'invitation' | 'sent',
): Promise<z.input<typeof PasswordLinkView>> {
  const mailed = context.isSet('smtpUrl')
  const { id, token, expiresAt } = await makeLink(context, userId, { kind, sealed: mailed })
  if (mailed) await context.tell(passwordMail, `${id}/link`, { type: 'link', linkId: id })
  await context.emit(passwordLinkMade, { userId, link: kind, mailed })
  return { mailed, expiresAt, ...(mailed ? {} : { link: linkTo(context.publicUrl, token) }) }
}

/**
 * A link for whoever is at the machine that Tocsin runs on, and may do everything there. Throws AppError 'refused' for an address that nobody has, and
 * for who is disabled.
 */
export async function linkAtTheMachine(context: CommandContext, email: string): Promise<{ link: string; expiresAt: Instant }> {
  const person = await links.lockPersonAt(context.scope, email)
  if (!person) throw new AppError('refused', 'Nobody who can sign in has this address.')
  const { token, expiresAt } = await makeLink(context, person.id, { kind: 'machine', sealed: false })
  await context.emit(passwordLinkMade, { userId: person.id, link: 'machine', mailed: false })
  return { link: linkTo(context.publicUrl, token), expiresAt }
}

/** What nobody can use any more is kept for a while, so that the record can say why it was refused. */
export const forgetPasswordLinks = defineRecurring({
  name: 'directory.forget-password-links',
  everySeconds: hourSeconds,
  run: async ({ scope, now }) =>
    void (await links.deleteLinks(scope, { unknownBefore: addSeconds(now, -hourSeconds), before: addSeconds(now, -2 * weekSeconds) })),
})

/**
 * `sealed`: for the mail that is to come. A link for nobody opens nothing. Made by who may, it makes those before it void. Asked for by whoever knows an
 * address it makes none void, or a stranger could keep somebody from ever using theirs: as many as are asked for in an hour are open at once, and the first
 * one that is used ends all.
 */
async function makeLink(
  { scope, actor, now, newId, newSecret, vault }: CommandContext,
  userId: UserId | null,
  { kind, sealed, addressMark = null }: { kind: links.LinkKind; sealed: boolean; addressMark?: string | null },
): Promise<{ id: links.LinkId; token: string; expiresAt: Instant }> {
  const id = newId('pwl')
  const { secret, hash } = newSecret()
  const token = secret.open()
  const expiresAt = addSeconds(now, kind === 'invitation' || kind === 'sent' ? weekSeconds : hourSeconds)
  if (kind !== 'asked') await links.endLinks(scope, userId, 'newer')
  await links.insertLink(scope, {
    id,
    userId,
    kind,
    sentBy: personOf(actor) ?? null,
    hash,
    tokenSealed: sealed ? vault.seal(token, tokenPlace(id)) : null,
    addressMark,
    expiresAt,
  })
  return { id, token, expiresAt }
}
