// Reminds the owners of reviews and action items: the weekday before they are due, on the day, and every week after it. At most once a day each. Of what
// somebody owns who is gone, whoever writes the review is reminded, or else whoever leads the incident.
import { defineRecurring } from '#kernel/define.ts'
import type { Scope } from '#kernel/scope.ts'
import { inZone, Temporal } from '#kernel/time.ts'
import { findUser, type User } from '#domains/directory/index.ts'
import { findIncident, processOf, rolesOf } from '#domains/incidents/index.ts'
import { reach } from '#domains/notifications/index.ts'
import * as store from './store.ts'
import { weekdaysLater } from './weekdays.ts'

// Nobody is reminded at night: from 9:00 in their own zone.
const fromHour = 9
const againAfterDays = 7

/** What to remind of today, or undefined. All are dates; `remindedOn` is when it was last done. Never on a Saturday or Sunday. */
export function reminderFor(dueOn: string, remindedOn: string | null, today: string): string | undefined {
  if (Temporal.PlainDate.from(today).dayOfWeek > 5 || remindedOn === today) return undefined
  if (dueOn === today) return 'is due today'
  if (dueOn > today)
    return weekdaysLater(today, 1) >= dueOn ? `is due ${dueOn === dayAfter(today) ? 'tomorrow' : `on ${spokenDay(dueOn)}`}` : undefined
  const last = remindedOn !== null && remindedOn > dueOn ? remindedOn : undefined
  return last === undefined || dayAfter(last, againAfterDays) <= today ? `was due on ${spokenDay(dueOn)}` : undefined
}

export const remindOwners = defineRecurring({
  name: 'reviews.remind-owners',
  everySeconds: 900,
  async run({ scope, now, tell }) {
    // Somewhere it is tomorrow already: who is meant is decided by each owner's own date.
    const horizon = Temporal.PlainDate.from(now.slice(0, 10)).add({ days: 4 }).toString()
    for (const open of await store.openWork(scope, horizon)) {
      const incident = await findIncident(scope, open.incidentId)
      const owner = await findUser(scope, open.ownerId)
      if (!incident || !owner) continue
      const person = owner.disabledAt === null ? owner : await instead(scope, open)
      if (!person) continue
      const local = inZone(now, person.zone)
      const today = local.toPlainDate().toString()
      const due = local.hour >= fromHour ? reminderFor(open.dueOn, open.remindedOn, today) : undefined
      if (due === undefined) continue
      await store.saveReminded(scope, open, today)
      await tell(reach, `${open.id}/reminder/${today}`, {
        type: 'start',
        userId: person.id,
        about: { incident: incident.id },
        urgency: 'update',
        title: open.kind === 'review' ? `The review of INC-${incident.number} ${due}` : `${open.title} ${due}`,
        body: `${whose(open, owner)}: INC-${incident.number} ${incident.title}`,
        path: `/incidents/${incident.number}/review`,
      })
    }
  },
})

/** Who is there to see to the work of somebody who is not. */
async function instead(scope: Scope, { incidentId, writerId }: store.OpenWork): Promise<User | undefined> {
  const { lead } = await processOf(scope, incidentId)
  const leads = (await rolesOf(scope, incidentId)).filter(({ role }) => role === lead).map(({ userId }) => userId)
  for (const id of [...(writerId === null ? [] : [writerId]), ...leads]) {
    const user = await findUser(scope, id)
    if (user?.disabledAt === null) return user
  }
  return undefined
}

const whose = ({ kind }: store.OpenWork, owner: User): string =>
  owner.disabledAt !== null
    ? `${owner.name}, whose it is, is not active any more. Give it to somebody`
    : kind === 'review'
      ? 'You write it'
      : 'An action item of yours'

/** `Mon 30 Nov`: the day itself has no zone. */
const spokenDay = (date: string): string =>
  Temporal.PlainDate.from(date).toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', '')

const dayAfter = (date: string, days = 1): string => Temporal.PlainDate.from(date).add({ days }).toString()
