// Making, showing and revoking the addresses under which a calendar program reads shifts. Whoever has an address can read it and nothing else.
import { z } from 'zod'
import { may, personOf, type UserId } from '#kernel/actor.ts'
import type { QueryContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { Signer } from '#kernel/secret.ts'
import { InstantOut } from '#kernel/time.ts'
import { done, Done } from '#domains/directory/index.ts'
import { findLink, insertLink, linksOf, revokeLink, type CalendarLinkRow } from './calendar-store.ts'
import { calendarLinkAdded, CalendarLinkIdSchema, calendarLinkRevoked, type CalendarLinkId } from './events.ts'
import { findSchedule } from './schedule-store.ts'

const purpose = 'calendar feed'
const form = /^([0-9a-hjkmnp-tv-z]{26})([\w-]{24})\.ics$/

/** The last part of a link's address: its id, signed. */
const fileOf = (signer: Signer, id: CalendarLinkId): string => `${id.slice(4)}${signer.sign(id, purpose)}.ics`

/** The link that such a last part names; undefined when it is not one that this signer made. */
export function linkIdOf(signer: Signer, file: string): CalendarLinkId | undefined {
  const [, id, signature] = form.exec(file) ?? []
  return id && signature && signer.verify(`cal_${id}`, signature, purpose) === 'valid' ? `cal_${id}` : undefined
}

const CalendarLinkView = z
  .object({
    id: CalendarLinkIdSchema,
    /** Null: one's own shifts in every schedule. */
    schedule: z.object({ slug: z.string(), name: z.string() }).nullable(),
    url: z.string(),
    madeAt: InstantOut,
  })
  .meta({ id: 'CalendarLink' })

const view = (
  { signer, publicUrl }: Pick<QueryContext, 'signer' | 'publicUrl'>,
  row: CalendarLinkRow,
): z.input<typeof CalendarLinkView> => ({
  id: row.id,
  schedule: row.schedule,
  url: `${publicUrl}/oncall/ical/${fileOf(signer, row.id)}`,
  madeAt: row.madeAt,
})

function own({ actor }: Pick<QueryContext, 'actor'>): UserId {
  const userId = personOf(actor)
  if (!userId) throw missing('person')
  return userId
}

export const calendarLinks = defineQuery({
  name: 'oncall.calendarLinks',
  summary: 'Your calendar links; whoever has the address of one can read its shifts',
  http: 'GET /me/calendar-links',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(CalendarLinkView) }),
  examples: [{}],
  run: async (context) => ({ items: (await linksOf(context.scope, own(context))).map((row) => view(context, row)) }),
})

export const addCalendarLink = defineCommand({
  name: 'oncall.addCalendarLink',
  summary: 'Make a calendar link to your shifts or to a schedule; answers the one you have',
  http: 'POST /me/calendar-links',
  status: 201,
  needs: 'signed-in',
  on: ({ schedule }) => (schedule ? { schedule } : ({} as Record<string, string>)),
  input: z.strictObject({ schedule: z.string().max(60).optional() }),
  output: CalendarLinkView,
  examples: [{}, { schedule: 'payments' }],
  async run(context, { schedule: key }) {
    const { scope, actor, emit, newId } = context
    const userId = own(context)
    const schedule = key === undefined ? undefined : await findSchedule(scope, key)
    if (key !== undefined && (!schedule || !may(actor, 'oncall:read', schedule.team?.id ?? null))) throw missing('schedule')
    const id = newId('cal')
    if (await insertLink(scope, id, userId, schedule?.id ?? null))
      await emit(calendarLinkAdded, { linkId: id, userId, scheduleId: schedule?.id ?? null })
    return view(
      context,
      (await linksOf(scope, userId)).find((row) => row.scheduleId === (schedule?.id ?? null))!,
    )
  },
})

export const revokeCalendarLink = defineCommand({
  name: 'oncall.revokeCalendarLink',
  summary: 'Revoke a calendar link of yours: whoever reads it finds nothing from now on',
  http: 'DELETE /me/calendar-links/{linkId}',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({ linkId: CalendarLinkIdSchema }),
  output: Done,
  examples: [{ linkId: 'cal_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run(context, { linkId }) {
    const userId = own(context)
    const row = await findLink(context.scope, linkId)
    if (row && row.userId !== userId) throw missing('calendar link')
    if (await revokeLink(context.scope, linkId, userId))
      await context.emit(calendarLinkRevoked, { linkId, userId, scheduleId: row?.scheduleId ?? null })
    return done
  },
})
