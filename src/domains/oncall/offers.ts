// Offering one's shift to one person: they take it, which makes an override, or they do not, and nothing changes. Both are told.
import { z } from 'zod'
import { may, personOf, type Actor, type UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse, type Refusal } from '#kernel/errors.ts'
import { InstantOut, InstantSchema, latest, spokenTime } from '#kernel/time.ts'
import { findUser, rightsOfUser, UserIdSchema } from '#domains/directory/index.ts'
import { reach } from '#domains/notifications/index.ts'
import { OfferIdSchema, shiftOfferAnswered, shiftOffered, type OfferId } from './events.ts'
import { offerable } from './offer.ts'
import * as store from './offer-store.ts'
import { arrange } from './override-commands.ts'
import { findSchedule, lockSchedule } from './schedule-store.ts'

const OfferPerson = z.object({ id: UserIdSchema, handle: z.string(), name: z.string() })
const OfferView = z
  .object({
    id: OfferIdSchema,
    schedule: z.object({ slug: z.string(), name: z.string(), zone: z.string() }),
    offeredBy: OfferPerson,
    offeredTo: OfferPerson,
    from: InstantOut,
    to: InstantOut,
    why: z.string(),
    state: z.enum(['waiting', 'accepted', 'declined', 'withdrawn']),
    madeAt: InstantOut,
  })
  .meta({ id: 'ShiftOffer' })
const view = ({ teamId: _, schedule: { id: __, ...schedule }, ...row }: store.OfferRow): z.input<typeof OfferView> => ({ ...row, schedule })

export const shiftOffers = defineQuery({
  name: 'oncall.shiftOffers',
  summary: 'Offers of shifts that wait for an answer: yours, and those of the schedules that you see',
  http: 'GET /shift-offers',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(OfferView) }),
  examples: [{}],
  async run({ scope, actor }) {
    const userId = own(actor)
    const rows = await store.waitingOffers(scope, userId)
    const shown = rows.filter((row) => row.offeredBy.id === userId || row.offeredTo.id === userId || may(actor, 'oncall:read', row.teamId))
    return { items: shown.map(view) }
  },
})

export const offerShift = defineCommand({
  name: 'oncall.offerShift',
  summary: 'Offer a shift of yours to one person; it stays yours until they take it',
  http: 'POST /schedules/{schedule}/offers',
  status: 201,
  needs: 'signed-in',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({
    schedule: z.string().max(60),
    person: z.string().max(60).meta({ description: 'Whom to ask, by handle' }),
    from: InstantSchema,
    to: InstantSchema,
    why: z.string().trim().max(500).default(''),
  }),
  output: OfferView,
  examples: [{ schedule: 'payments', person: 'priya', from: '2026-11-27T17:00:00Z', to: '2026-11-30T08:00:00Z', why: 'a wedding' }],
  async run(context, { schedule: key, person, from, to, why }) {
    const { scope, actor, now, emit, newId } = context
    const userId = own(actor)
    const schedule = await findSchedule(scope, key)
    const me = await findUser(scope, userId)
    if (!schedule || !me) throw missing('schedule')
    const asked = await findUser(scope, person)
    if (!asked || asked.disabledAt !== null) return refuse(`There is no person ${person} who could be on call.`)
    if (asked.id === userId) return refuse('Offer it to somebody else.')
    const theirs: Actor = { kind: 'link', userId: asked.id, linkId: 'offer', rights: (await rightsOfUser(scope, asked.id))! }
    if (!(await findSchedule({ ...scope, actor: theirs }, schedule.id))) return refuse(`${asked.name} does not see ${schedule.name}.`)
    const whether = offerable(schedule, me.handle, from, to, now, () => me.name)
    if (!whether.allowed) return refuse(whether.reason)
    const id = newId('ofr')
    await store.insertOffer(scope, { id, scheduleId: schedule.id, offeredBy: userId, offeredTo: asked.id, from, to, why })
    const offer = (await store.lockOffer(scope, id, userId))!
    await emit(shiftOffered, dataOf(offer))
    await inform(
      context,
      offer,
      asked.id,
      'asked',
      `${me.name} offers you a shift of ${schedule.name}`,
      (zone) => `${spanIn(offer, zone)}${said(why)} It stays ${me.name}’s until you take it.`,
    )
    return view(offer)
  },
})

const OneOffer = z.strictObject({ offerId: OfferIdSchema })
const example = { offerId: 'ofr_01k3v0v5b8e6w9d2m4q7r1s5t8' }

export const acceptShift = defineCommand({
  name: 'oncall.acceptShift',
  summary: 'Take a shift that was offered to you: an override puts you in place of whoever offered it',
  http: 'POST /shift-offers/{offerId}/accept',
  needs: 'signed-in',
  on: 'own',
  input: OneOffer,
  output: OfferView,
  examples: [example],
  async run(context, { offerId }) {
    const { scope, now } = context
    const offer = await waiting(context, offerId, 'offeredTo')
    if ('refused' in offer) return offer
    // Of two people who take the same shift at once the second one finds it given away.
    await lockSchedule(scope, offer.schedule.id)
    const schedule = await findSchedule(scope, offer.schedule.id)
    if (!schedule) throw missing('schedule')
    const whether = offerable(schedule, offer.offeredBy.handle, offer.from, offer.to, now, () => offer.offeredBy.name)
    if (!whether.allowed) return refuse(`${whether.reason} Agree on it anew.`)
    const swap = {
      schedule: schedule.slug,
      kind: 'replace' as const,
      add: offer.offeredTo.handle,
      remove: offer.offeredBy.handle,
      // What is over of it was done by whoever offered it, and stays so.
      from: latest(offer.from, now),
      to: offer.to,
      why: (offer.why === '' ? 'a swap' : `a swap, ${offer.why}`).slice(0, 500),
    }
    const override = await arrange(context, swap, [offer.offeredBy.handle])
    if ('refused' in override) return override
    return answered(context, offer, 'accepted', override.id)
  },
})

export const declineShift = defineCommand({
  name: 'oncall.declineShift',
  summary: 'Say that you do not take a shift that was offered to you: nothing changes',
  http: 'POST /shift-offers/{offerId}/decline',
  needs: 'signed-in',
  on: 'own',
  input: OneOffer,
  output: OfferView,
  examples: [example],
  async run(context, { offerId }) {
    const offer = await waiting(context, offerId, 'offeredTo')
    return 'refused' in offer ? offer : answered(context, offer, 'declined', null)
  },
})

export const withdrawShift = defineCommand({
  name: 'oncall.withdrawShift',
  summary: 'No longer offer a shift of yours',
  http: 'POST /shift-offers/{offerId}/withdraw',
  needs: 'signed-in',
  on: 'own',
  input: OneOffer,
  output: OfferView,
  examples: [example],
  async run(context, { offerId }) {
    const offer = await waiting(context, offerId, 'offeredBy')
    return 'refused' in offer ? offer : answered(context, offer, 'withdrawn', null)
  },
})

function own(actor: Actor): UserId {
  const userId = personOf(actor)
  if (!userId) throw missing('person')
  return userId
}

/** An offer that still waits. Throws AppError 'missing' for somebody who is neither of its people, 'forbidden' for the other one of them. */
async function waiting(
  { scope, actor, now }: CommandContext,
  id: OfferId,
  who: 'offeredBy' | 'offeredTo',
): Promise<store.OfferRow | Refusal> {
  const userId = own(actor)
  const offer = await store.lockOffer(scope, id, userId)
  if (!offer) throw missing('offer')
  if (offer[who].id !== userId) throw new AppError('forbidden', `Only ${offer[who].name} can do that.`)
  if (offer.state !== 'waiting') return refuse(`It was ${offer.state} already.`)
  return offer.to <= now ? refuse('That shift is over.') : offer
}

async function answered(
  context: CommandContext,
  offer: store.OfferRow,
  answer: 'accepted' | 'declined' | 'withdrawn',
  overrideId: `ovr_${string}` | null,
): Promise<z.input<typeof OfferView>> {
  await store.saveAnswer(context.scope, offer.id, answer, overrideId)
  await context.emit(shiftOfferAnswered, { ...dataOf(offer), answer })
  const { offeredBy, offeredTo, schedule } = offer
  const [listener, title] = {
    accepted: [offeredBy, `${offeredTo.name} takes your shift of ${schedule.name}`] as const,
    declined: [offeredBy, `${offeredTo.name} does not take your shift of ${schedule.name}`] as const,
    withdrawn: [offeredTo, `${offeredBy.name} no longer offers a shift of ${schedule.name}`] as const,
  }[answer]
  await inform(context, offer, listener.id, 'answered', title, (zone) =>
    answer === 'declined' ? `${spanIn(offer, zone)} It stays yours.` : spanIn(offer, zone),
  )
  return view({ ...offer, state: answer })
}

/** Tells one of the two, in words with times of their zone, as an update: it wakes nobody. */
async function inform(
  { scope, tell }: CommandContext,
  offer: store.OfferRow,
  userId: UserId,
  what: 'asked' | 'answered',
  title: string,
  body: (zone: string) => string,
): Promise<void> {
  const zone = (await findUser(scope, userId))?.zone ?? offer.schedule.zone
  await tell(reach, `${offer.id}/${what}`, {
    type: 'start',
    userId,
    about: { schedule: offer.schedule.id },
    urgency: 'update',
    title,
    body: body(zone),
    path: `/oncall/schedules/${offer.schedule.slug}`,
  })
}

const spanIn = ({ from, to }: store.OfferRow, zone: string): string => `${spokenTime(from, zone)} to ${spokenTime(to, zone)}.`
const said = (why: string): string => (why === '' ? '' : ` “${why}”`)

const dataOf = (offer: store.OfferRow) => ({
  offerId: offer.id,
  scheduleId: offer.schedule.id,
  from: offer.from,
  to: offer.to,
  offeredBy: offer.offeredBy.id,
  offeredTo: offer.offeredTo.id,
})
