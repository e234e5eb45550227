// Following a status page. A stranger's address counts only after its owner pressed a button; no answer tells whether an address is known.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery, defineRecurring } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { addSeconds, secondsBetween } from '#kernel/time.ts'
import { done, Done, findUser } from '#domains/directory/index.ts'
import { subscribed, unsubscribed } from './events.ts'
import { confirmPlace, invitation, leavePlace } from './mailing.ts'
import { allPages, findPage, type PageId, type StatusPage } from './store.ts'
import * as store from './subscriber-store.ts'

/** From one network; from its surroundings, for who has one network may have thousands beside it; and from everywhere, for each is a mail. */
const asksPerHour = { network: 10, around: 50, everywhere: 2000 }
/** Of those that nobody confirmed the newest are kept. What strangers ask never keeps others from asking: it only shortens how long a link works. */
const unconfirmedAtMost = 10_000
const invitationPauseSeconds = 600
const linkLivesSeconds = 3 * 86_400

/** What anybody types into the form: lower case from here on. */
export const Address = z
  .email('is not an e-mail address')
  .max(254)
  .transform((email) => email.toLowerCase())

/**
 * Takes note of an address for a public page and asks it for its yes by mail. Does the same for an address that is known, but for the mail,
 * and answers the same. Throws AppError 'missing' for a page that is not public, 'too-many' when this caller asks too often.
 */
export async function askToFollow(context: CommandContext, slug: string, email: string): Promise<void> {
  const { scope, now, caller, newId, tell } = context
  const page = await publicPage(context, slug)
  await limit(context, caller.network)
  const known = await store.findByAddress(scope, page.id, email)
  if (known && (known.confirmedAt !== null || secondsBetween(known.askedAt, now) < invitationPauseSeconds)) return
  const subscriberId = known?.id ?? newId('sub')
  if (known) await store.touchAsked(scope, known.id)
  else if (!(await store.insertSubscriber(scope, fresh(context, { id: subscriberId, pageId: page.id, email })))) return
  await tell(invitation, `${subscriberId}/${now}`, { type: 'ask', subscriberId })
}

/** The yes of an address. False when the link is not, or no longer, valid. */
export async function confirmFollowing({ scope, emit, now }: CommandContext, token: string): Promise<boolean> {
  const subscriber = await store.findByConfirmToken(scope, token)
  if (!subscriber || (subscriber.confirmedAt === null && isTooOld(subscriber, now))) return false
  if (subscriber.confirmedAt !== null) return true
  await store.confirm(scope, subscriber.id, null)
  await emit(subscribed, { subscriberId: subscriber.id, pageId: subscriber.pageId as PageId })
  return true
}

/** Whether this link could confirm, and for which page. */
export async function confirmablePage(
  { scope, now }: Pick<CommandContext, 'scope' | 'now'>,
  token: string,
): Promise<StatusPage | undefined> {
  const subscriber = await store.findByConfirmToken(scope, token)
  return subscriber && !(subscriber.confirmedAt === null && isTooOld(subscriber, now)) ? findPage(scope, subscriber.pageId) : undefined
}

/** Ends following. The same whether the link is known or not. */
export async function stopFollowing({ scope, emit }: CommandContext, token: string): Promise<void> {
  for (const { id, pageId } of await store.deleteByLeaveToken(scope, token))
    await emit(unsubscribed, { subscriberId: id, pageId: pageId as PageId })
}

export const subscribe = defineCommand({
  name: 'status.subscribe',
  summary: 'Ask for the updates of a public status page by e-mail; a mail asks for a confirmation',
  http: 'POST /status-pages/{statusPage}/subscribers',
  status: 202,
  needs: 'public',
  on: ({ statusPage }) => ({ statusPage }),
  input: z.strictObject({ statusPage: z.string().max(60), email: Address }),
  output: Done,
  examples: [{ statusPage: 'shop', email: 'somebody@example.org' }],
  async run(context, { statusPage, email }) {
    await askToFollow(context, statusPage, email)
    return done
  },
})

export const follow = defineCommand({
  name: 'status.follow',
  summary: 'Get the updates of a status page at your own address',
  http: 'PUT /status-pages/{statusPage}/follow',
  needs: 'status:read',
  on: ({ statusPage }) => ({ statusPage }),
  input: z.strictObject({ statusPage: z.string().max(60) }),
  output: Done,
  examples: [{ statusPage: 'shop' }],
  async run(context, { statusPage }) {
    const { scope, actor, emit, newId, now } = context
    const person = personOf(actor) && (await findUser(scope, personOf(actor)!))
    const page = await findPage(scope, statusPage)
    if (!page) throw missing('statusPage')
    if (!person) return refuse('Only a person can follow a status page.')
    if ((await store.findByUser(scope, person.id)).some(({ pageId }) => pageId === page.id)) return done
    const known = await store.findByAddress(scope, page.id, person.email)
    const subscriberId = known?.id ?? newId('sub')
    if (known) await store.confirm(scope, known.id, person.id)
    else
      await store.insertSubscriber(scope, {
        ...fresh(context, { id: subscriberId, pageId: page.id, email: person.email }),
        userId: person.id,
        confirmedAt: now,
      })
    await emit(subscribed, { subscriberId, pageId: page.id })
    return done
  },
})

export const unfollow = defineCommand({
  name: 'status.unfollow',
  summary: 'Stop getting the updates of a status page',
  http: 'DELETE /status-pages/{statusPage}/follow',
  needs: 'status:read',
  on: ({ statusPage }) => ({ statusPage }),
  input: z.strictObject({ statusPage: z.string().max(60) }),
  output: Done,
  examples: [{ statusPage: 'shop' }],
  async run({ scope, actor, emit }, { statusPage }) {
    const page = await findPage(scope, statusPage)
    const person = personOf(actor)
    if (!page) throw missing('statusPage')
    if (person)
      for (const { id } of await store.deleteByUser(scope, page.id, person)) await emit(unsubscribed, { subscriberId: id, pageId: page.id })
    return done
  },
})

export const following = defineQuery({
  name: 'status.following',
  summary: 'The status pages that you follow',
  http: 'GET /following',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ pages: z.array(z.string()) }),
  examples: [{}],
  async run({ scope, actor }) {
    const person = personOf(actor)
    const ids = person ? (await store.findByUser(scope, person)).map(({ pageId }) => pageId) : []
    return { pages: (await allPages(scope)).filter(({ id }) => ids.includes(id)).map(({ slug }) => slug) }
  },
})

/** Requests that nobody confirmed, and the counts that limit them, do not stay. */
export const forgetUnconfirmed = defineRecurring({
  name: 'status.forget-unconfirmed',
  everySeconds: 3600,
  async run({ scope, now }) {
    await store.deleteUnconfirmed(scope, addSeconds(now, -linkLivesSeconds), unconfirmedAtMost)
    await store.deleteAsks(scope, addSeconds(now, -3600))
  },
})

/** A page that strangers may know of. Throws AppError 'missing'. */
export async function publicPage({ scope }: Pick<CommandContext, 'scope'>, key: string): Promise<StatusPage> {
  const page = await findPage(scope, key)
  if (!page || page.visibility !== 'public') throw missing('status page')
  return page
}

const isTooOld = ({ askedAt }: store.Subscriber, now: CommandContext['now']) => secondsBetween(askedAt, now) > linkLivesSeconds

/** The networks beside this one, which one customer may have: the /48 of an IPv6 network, the /24 of an IPv4 address. */
export const around = (network: string): string =>
  network.includes(':') ? network.split(':').slice(0, 3).join(':') : network.split('.').slice(0, 3).join('.')

// Every request counts, whatever it asks for: else the limit itself would tell which addresses are known.
async function limit({ scope, now }: CommandContext, network: string): Promise<void> {
  const keys = Object.entries({ network, around: around(network), everywhere: '' }).map(
    ([where, from]) => [where as keyof typeof asksPerHour, keyOfAsks(`${where} ${from}`)] as const,
  )
  for (const [where, key] of keys) {
    if ((await store.countAsks(scope, key, addSeconds(now, -3600))) < asksPerHour[where]) continue
    const sentence = where === 'everywhere' ? 'Too many people ask at the same time' : 'Too many requests came from here'
    throw new AppError('too-many', `${sentence}: try again in an hour.`, { retryAfterSeconds: 3600 })
  }
  await store.insertAsks(
    scope,
    keys.map(([, key]) => key),
  )
}

const keyOfAsks = (from: string): string => createHash('sha256').update(`asks from ${from}`).digest('hex').slice(0, 32)

function fresh({ newSecret, vault }: CommandContext, who: { id: store.SubscriberId; pageId: string; email: string }): store.NewSubscriber {
  const yes = newSecret()
  const leave = newSecret()
  return {
    ...who,
    userId: null,
    confirmedAt: null,
    confirmHash: yes.hash,
    confirmSealed: vault.seal(yes.secret.open(), confirmPlace(who.id)),
    leaveHash: leave.hash,
    leaveSealed: vault.seal(leave.secret.open(), leavePlace(who.id)),
  }
}
