// Tells the followers of an update's pages by mail: one process per update, in batches, and no address twice whatever crashes in between.
import { z } from 'zod'
import { call, defineEffect, defineProcess, EffectFailure } from '#kernel/define.ts'
import type { EffectContext } from '#kernel/effect.ts'
import type { Decision } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import { findUser } from '#domains/directory/index.ts'
import { invitationMail, updateMail, type MailText } from './messages.ts'
import { findPage } from './store.ts'
import * as subscribers from './subscriber-store.ts'
import { findUpdate, pageIdsOfUpdate } from './update-store.ts'

const batchSize = 50
const Outcome = z.object({ status: z.enum(['sent', 'skipped']), reason: z.string() })
type Outcome = z.output<typeof Outcome>

const MailingState = z.object({ updateId: z.string(), waiting: z.number(), sent: z.number(), notSent: z.number() })
type MailingState = z.output<typeof MailingState>
const Start = z.object({ type: z.literal('start') })

export const mailing = defineProcess<MailingState, z.output<typeof Start>, { left: string[] }>({
  name: 'status.mailing',
  version: 1,
  state: MailingState,
  input: Start,
  initial: (updateId) => ({ updateId, waiting: 0, sent: 0, notSent: 0 }),
  async facts(scope, { updateId, waiting }) {
    if (waiting > 1) return { left: [] }
    return { left: await subscribers.recipientsLeft(scope, updateId, await pageIdsOfUpdate(scope, updateId), batchSize) }
  },
  decide(state, input, _now, { left }): Decision<MailingState> {
    if (input.type === 'woke') return { state, reason: 'nothing is due' }
    const next =
      input.type === 'effect' ? counted(state, input.result.type === 'done' ? (input.result.outcome as Outcome).status : 'failed') : state
    if (next.waiting > 0) return { state: next, reason: `${next.waiting} mails are on their way` }
    const told = `${next.sent} told, ${next.notSent} not`
    if (left.length === 0) return { state: next, reason: next.sent + next.notSent === 0 ? 'nobody follows its pages' : told, ended: true }
    return {
      state: { ...next, waiting: left.length },
      reason: `${told}; ${left.length} mails go out now`,
      effects: left.map((subscriberId) => call(mailUpdate, { updateId: state.updateId, subscriberId }, subscriberId)),
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
  retry: { attempts: 6, firstSeconds: 10 },
  look: ({ scope }, { updateId, subscriberId }) => stillWanted(scope, updateId, subscriberId),
  async run(context, { updateId, subscriberId }, facts) {
    if (typeof facts === 'string') return { status: 'skipped', reason: facts }
    const { subscriber, page, update } = facts
    const stopUrl = `${context.publicUrl}/s/unsubscribe/${context.vault.unseal(subscriber.leaveSealed, leavePlace(subscriber.id)).open()}`
    const pageUrl = page.visibility === 'public' ? `${context.publicUrl}/s/${page.slug}` : `${context.publicUrl}/updates`
    return send(context, `${updateId}.${subscriberId}`, subscriber.email, updateMail({ page, update, pageUrl, stopUrl }))
  },
})

/** What the mail needs, looked at right before it is sent; or the reason why it is not wanted any more. */
async function stillWanted(scope: Scope, updateId: string, subscriberId: string) {
  const update = await findUpdate(scope, updateId)
  const subscriber = await subscribers.findSubscriber(scope, subscriberId)
  const page = subscriber && (await findPage(scope, subscriber.pageId))
  if (!update || !page || !subscriber.confirmedAt) return 'no longer follows'
  const person = subscriber.userId ? await findUser(scope, subscriber.userId) : undefined
  if (page.visibility === 'internal' && (!person || person.disabledAt !== null)) return 'may no longer read this page'
  return { update, subscriber, page }
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
  retry: { attempts: 6, firstSeconds: 10 },
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
  const result = await channel.send({ outbound, now, settings, publicUrl }, channel.address.parse(email), {
    key,
    repeated,
    ...text,
    urgency: 'update',
  })
  if (result.status === 'failed') throw new EffectFailure(result.reason, { canRetry: result.canRetry, inDoubt: result.inDoubt ?? false })
  return { status: 'sent', reason: result.detail ?? 'the mail server took it' }
}
