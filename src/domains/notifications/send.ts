// The effect that tells one person by one method. Right before sending it looks again: still wanted, person not disabled, method still there; and what of
// a summary is still to be told.
import { z } from 'zod'
import { defineEffect } from '#kernel/define.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { ChannelResult } from '#kernel/integration.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Signer, Vault } from '#kernel/secret.ts'
import type { GroupId } from '#domains/alerts/index.ts'
import { findUser } from '#domains/directory/index.ts'
import { NotificationIdSchema } from './events.ts'
import { linkToken, summaryToken } from './links.ts'
import { accountMethod } from './reachable.ts'
import { MessageSchema, type Message } from './reach-state.ts'
import * as store from './store.ts'
import { contentsOf, everythingAnswered, whyGroupIsQuiet } from './still-wanted.ts'
import { summaryText } from './summary-text.ts'

const SendInput = z.object({
  notificationId: NotificationIdSchema,
  methodId: z.string(),
  channel: z.string(),
  /** An earlier try may have arrived. */
  repeat: z.boolean(),
  message: MessageSchema,
})

const SendOutcomeSchema = z.discriminatedUnion('status', [
  /** `leftOut`: of a summary, the keys of what was not in it any more. */
  z.object({ status: z.literal('delivered'), detail: z.string(), leftOut: z.array(z.string()).optional() }),
  z.object({ status: z.literal('unwanted'), reason: z.string() }),
  z.object({
    status: z.literal('failed'),
    reason: z.string(),
    canRetry: z.boolean(),
    inDoubt: z.boolean(),
    gone: z.boolean(),
    retryAfterSeconds: z.number().optional(),
  }),
])
export type SendOutcome = z.output<typeof SendOutcomeSchema>

const sending = defineEffect({
  name: 'notifications.send',
  input: SendInput,
  outcome: SendOutcomeSchema,
  repeat: 'with-key',
  retry: { attempts: 3, firstSeconds: 2 },
  urgent: true,
  async look({ scope, vault }, { notificationId, methodId, message }) {
    const [unwanted, contents, address] = await allOfThem([
      whyUnwanted(scope, notificationId, message),
      message.summary && contentsOf(scope, message.summary),
      addressOf(vault, scope, message.userId, methodId),
    ])
    return { unwanted: unwanted ?? (contents?.wanted.length === 0 ? everythingAnswered : undefined), contents, address }
  },
  async run(context, { notificationId, channel: channelName, repeat, message }, found): Promise<SendOutcome> {
    if (found.unwanted !== undefined) return { status: 'unwanted', reason: found.unwanted }
    if (found.address === undefined) return failed('this method was removed', context.repeated)
    const channel = context.channel(channelName)
    if (!channel) return failed(`there is no channel ${channelName} in this installation`, context.repeated)
    const address = channel.address.safeParse(found.address)
    if (!address.success) return failed('the stored address is not one that this channel can use', context.repeated)

    const { contents } = found
    let result: ChannelResult
    try {
      result = await channel.send(
        { outbound: context.outbound, now: context.clock.now(), settings: context.settings, publicUrl: context.publicUrl },
        address.data,
        {
          key: notificationId,
          repeated: repeat || context.repeated,
          ...(contents ? summaryText(contents.wanted) : { title: message.title, body: message.body }),
          url: `${context.publicUrl}${pathOf(context.signer, message)}`,
          urgency: message.urgency,
        },
      )
    } catch (error) {
      // A channel that breaks must not keep the next method waiting: whether it arrived is not known.
      return {
        status: 'failed',
        reason: `the channel broke: ${error instanceof Error ? error.message : String(error)}`,
        canRetry: true,
        inDoubt: true,
        gone: false,
      }
    }
    return result.status === 'delivered'
      ? { status: 'delivered', detail: result.detail ?? '', ...(contents ? { leftOut: contents.leftOut } : {}) }
      : {
          status: 'failed',
          reason: result.reason,
          canRetry: result.canRetry,
          // What a node began that then died may have arrived, whatever became of this try.
          inDoubt: context.repeated || (result.inDoubt ?? false),
          gone: result.gone ?? false,
          retryAfterSeconds: result.retryAfterSeconds,
        }
  },
})

/** A failure is an outcome, not an error: the process then tries the next method at once and this one again later. */
export const sendNotification = defineEffect({ ...sending, looksAtOnce: true })

/** The same for a summary, under a name of its own: a node of a version without summaries leaves it to the others. */
export const sendSummary = defineEffect({ ...sending, name: 'notifications.send-summary' })

const failed = (reason: string, inDoubt: boolean): SendOutcome => ({ status: 'failed', reason, canRetry: false, inDoubt, gone: false })

/** Where the message leads: a signed page of this person's, where there is one. */
function pathOf(signer: Signer, { userId, page, summary, path }: Message): string {
  if (summary !== undefined) return `/p/all/${summaryToken(signer, { userId, summaryId: summary })}`
  return page === undefined ? path : `/p/${linkToken(signer, { userId, pageId: page })}`
}

async function whyUnwanted(scope: Scope, id: z.output<typeof NotificationIdSchema>, message: Message): Promise<string | undefined> {
  const [status, user, quiet] = await allOfThem([
    store.statusOf(scope, id),
    findUser(scope, message.userId),
    message.onlyWhile && whyGroupIsQuiet(scope, message.onlyWhile.group as GroupId),
  ])
  if (status === 'cancelled') return 'taken back before it was sent'
  if (!user || user.disabledAt !== null) return 'the person is disabled'
  return quiet
}

async function addressOf(vault: Vault, scope: Scope, userId: Message['userId'], methodId: string): Promise<unknown> {
  if (methodId === accountMethod) return (await findUser(scope, userId))?.email
  const method = await store.findMethod(scope, userId, methodId)
  return method && method.deadAt === null ? JSON.parse(vault.unseal(method.addressSealed, store.addressPlace(method.id)).open()) : undefined
}
