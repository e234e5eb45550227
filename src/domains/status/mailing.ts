// Tells the followers of an update's pages by mail: one process per update, so many at a time, and no address twice whatever crashes in between.
// Nobody hears an older update of the same thing after a newer one: what has been overtaken goes out no more, and a newer one waits, for that address
// only, while the older one is in the mail server's hands.
import { z } from 'zod'
import { call, defineEffect, defineProcess, EffectFailure } from '#kernel/define.ts'
import type { EffectContext } from '#kernel/effect.ts'
import type { Decision } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, InstantSchema } from '#kernel/time.ts'
import { findUser } from '#domains/directory/index.ts'
import { invitationMail, updateMail, type MailText } from './messages.ts'
import { findPage } from './store.ts'
import { mostLookedAt, walk, type Walked } from './recipients.ts'
import * as subscribers from './subscriber-store.ts'
import { earlierUpdates, findUpdate, lockMailing, newerNumberFor, pageIdsOfUpdate } from './update-store.ts'

const mostAtOnce = 50
/** When it looks again whether those can be told who still wait for the update before. */
const pauseSeconds = 2
/** Four hours: a mail server that is down for a morning, or that lets a stranger wait, loses no update. What is overtaken meanwhile is not sent. */
const tries = { attempts: 132, firstSeconds: 10 }
/** A newer update waits for the next try of an older one: not for long, unless the mail server has been away for minutes. */
const pauseAfter = ({ attempt }: EffectContext) => Math.min(attempt < 14 ? 30 : 120, tries.firstSeconds * 2 ** (attempt - 1))
const Outcome = z.object({ status: z.enum(['sent', 'skipped']), reason: z.string() })
type Outcome = z.output<typeof Outcome>

const MailingState = z.object({
  updateId: z.string(),
  waiting: z.number(),
  sent: z.number(),
  notSent: z.number(),
  /** So far its followers have been walked; and whether on this walk somebody was told, or waits for the update before. */
  after: z.string().default(''),
  hasTold: z.boolean().default(false),
  others: z.boolean().default(false),
  looksAgainAt: InstantSchema.nullable().default(null),
})
type MailingState = z.output<typeof MailingState>
const Start = z.object({ type: z.literal('start') })
/** Undefined when it was not looked. */
type Left = Walked | undefined

export const mailing = defineProcess<MailingState, z.output<typeof Start>, Left>({
  name: 'status.mailing',
  version: 2,
  state: MailingState,
  input: Start,
  initial: (updateId) => MailingState.parse({ updateId, waiting: 0, sent: 0, notSent: 0 }),
  async facts(scope, { updateId, waiting, after }, input) {
    const free = input.type === 'effect' ? mostAtOnce - waiting + 1 : mostAtOnce - waiting
    // An address that does not answer holds up its own place and no other.
    return input.type === 'effect' && free < mostAtOnce / 2 ? undefined : left(scope, updateId, after, free)
  },
  decide(state, input, now, found): Decision<MailingState> {
    const next =
      input.type === 'effect' ? counted(state, input.result.type === 'done' ? (input.result.outcome as Outcome).status : 'failed') : state
    if (!found) return { state: next, reason: `${next.waiting} mails are on their way`, wakeAt: next.looksAgainAt ?? undefined }
    const waiting = next.waiting + found.now.length
    const others = next.others || found.others
    const isClean = !others && !next.hasTold && found.now.length === 0
    if (found.isEnd && isClean && waiting === 0)
      return { state: next, reason: next.sent + next.notSent === 0 ? 'nobody follows its pages' : told(next), ended: true }
    // After its end it begins anew, and stands there when nobody was left: until the last mail has come back.
    const walk =
      found.isEnd && !isClean
        ? { after: '', hasTold: false, others: false }
        : { after: found.after, hasTold: next.hasTold || found.now.length > 0, others }
    const goesOnAtOnce = found.isEnd ? waiting === 0 : waiting < mostAtOnce
    const looksAgainAt = found.isEnd && others ? addSeconds(now, pauseSeconds) : goesOnAtOnce ? now : null
    return {
      state: { ...next, ...walk, waiting, looksAgainAt },
      reason: `${told(next)}; ${waiting} mails are on their way${others ? '; others wait for the update before' : ''}`,
      effects: found.now.map((subscriberId) => call(mailUpdate, { updateId: state.updateId, subscriberId }, subscriberId)),
      wakeAt: looksAgainAt ?? undefined,
    }
  },
  async record({ scope }, updateId, _before, decision, input) {
    if (input.type === 'effect') {
      const { result } = input
      const outcome = result.type === 'done' ? (result.outcome as Outcome) : { status: result.type, reason: result.reason }
      await subscribers.saveMail(scope, updateId, result.tag, outcome.status, outcome.reason)
    }
    const told = (decision.effects ?? []).map(({ tag }) => tag)
    if (told.length > 0) await subscribers.insertMails(scope, updateId, told)
  },
})

async function left(scope: Scope, updateId: string, after: string, most: number): Promise<Left> {
  const update = await findUpdate(scope, updateId)
  if (!update) return { now: [], others: false, after, isEnd: true }
  // Two updates of one thing, each of which decides in its own transaction, would not see whom the other one begins to tell.
  await lockMailing(scope, update)
  const earlier = await earlierUpdates(scope, update)
  const pageIds = await pageIdsOfUpdate(scope, updateId)
  return walk(await subscribers.followersAfter(scope, { updateId, earlier, pageIds }, after, mostLookedAt), after, most)
}

const told = ({ sent, notSent }: MailingState): string => `${sent} told, ${notSent} not`

const counted = (state: MailingState, status: 'sent' | 'skipped' | 'failed'): MailingState => ({
  ...state,
  waiting: state.waiting - 1,
  sent: state.sent + (status === 'sent' ? 1 : 0),
  notSent: state.notSent + (status === 'sent' ? 0 : 1),
})

export const mailUpdate = defineEffect({
  name: 'status.mail-update',
  input: z.object({ updateId: z.string(), subscriberId: z.string() }),
  outcome: Outcome,
  repeat: 'with-key',
  retry: tries,
  look: ({ scope, repeated }, { updateId, subscriberId }) => stillWanted(scope, updateId, subscriberId, repeated),
  async run(context, { updateId, subscriberId }, facts) {
    if (typeof facts === 'string') return { status: 'skipped', reason: facts }
    const { subscriber, page, update, email } = facts
    const stopUrl = `${context.publicUrl}/s/unsubscribe/${context.vault.unseal(subscriber.leaveSealed, leavePlace(subscriber.id)).open()}`
    const pageUrl = page.visibility === 'public' ? `${context.publicUrl}/s/${page.slug}` : `${context.publicUrl}/updates`
    return send(context, `${updateId}.${subscriberId}`, email, updateMail({ page, update, pageUrl, stopUrl }))
  },
})

/** What the mail needs, looked at right before it is sent; or the reason why it is not wanted any more. */
async function stillWanted(scope: Scope, updateId: string, subscriberId: string, repeated: boolean) {
  const update = await findUpdate(scope, updateId)
  const followed = await subscribers.followedBy(scope, updateId, subscriberId)
  if (!update || followed.length === 0) return 'no longer follows'
  const newer = await newerNumberFor(scope, update, followed[0]!.id)
  if (newer !== undefined)
    return repeated
      ? `update ${newer} followed, and it is not known whether this one had gone out`
      : `update ${newer} followed before this one had gone out`
  for (const subscriber of followed) {
    const page = await findPage(scope, subscriber.pageId)
    const person = subscriber.userId ? await findUser(scope, subscriber.userId) : undefined
    if (page && (page.visibility === 'public' || person?.disabledAt === null))
      return { update, subscriber, page, email: person?.email ?? subscriber.email }
  }
  return 'may no longer read this page'
}

const InvitationState = z.object({ subscriberId: z.string() })
/** Asks an address for its yes: one process per request. */
export const invitation = defineProcess({
  name: 'status.invitation',
  version: 1,
  state: InvitationState,
  input: z.object({ type: z.literal('ask'), subscriberId: z.string() }),
  initial: () => ({ subscriberId: '' }),
  decide(state, input): Decision<z.output<typeof InvitationState>> {
    if (input.type === 'ask')
      return {
        state: { subscriberId: input.subscriberId },
        reason: 'asks the address for its yes',
        effects: [call(mailInvitation, { subscriberId: input.subscriberId })],
      }
    if (input.type === 'woke') return { state, reason: 'nothing is due' }
    return { state, reason: input.result.type === 'done' ? (input.result.outcome as Outcome).reason : input.result.reason, ended: true }
  },
})

export const mailInvitation = defineEffect({
  name: 'status.mail-invitation',
  input: InvitationState,
  outcome: Outcome,
  repeat: 'with-key',
  retry: tries,
  async look({ scope }, { subscriberId }) {
    const subscriber = await subscribers.findSubscriber(scope, subscriberId)
    return { subscriber, page: subscriber && (await findPage(scope, subscriber.pageId)) }
  },
  async run(context, _input, { subscriber, page }) {
    if (!subscriber || !page || subscriber.confirmedAt !== null) return { status: 'skipped', reason: 'no longer asked for' }
    const link = `${context.publicUrl}/s/confirm/${context.vault.unseal(subscriber.confirmSealed, confirmPlace(subscriber.id)).open()}`
    return send(context, context.key, subscriber.email, invitationMail(page, link))
  },
})

/** Where the secrets of a subscriber's links are sealed for. */
export const confirmPlace = (subscriberId: string): string => `subscribers.confirm_sealed.${subscriberId}`
export const leavePlace = (subscriberId: string): string => `subscribers.leave_sealed.${subscriberId}`

async function send(context: EffectContext, key: string, email: string, text: MailText): Promise<Outcome> {
  const channel = context.channel('email')
  if (!channel) return { status: 'skipped', reason: 'there is no e-mail in this installation' }
  const { outbound, now, publicUrl, settings, repeated } = context
  const message = { key, repeated, ...text, urgency: 'update' as const }
  const result = await channel
    .send({ outbound, now, settings, publicUrl }, channel.address.parse(email), message)
    .catch((error: unknown) => {
      // Whether it arrived is not known.
      const reason = `the channel broke: ${error instanceof Error ? error.message : String(error)}`
      throw new EffectFailure(reason, { canRetry: true, retryAfterSeconds: pauseAfter(context), inDoubt: true, cause: error })
    })
  if (result.status === 'failed') {
    const { canRetry, reason, inDoubt = false } = result
    throw new EffectFailure(reason, { canRetry, retryAfterSeconds: pauseAfter(context), inDoubt })
  }
  return { status: 'sent', reason: result.detail ?? 'the mail server took it' }
}
