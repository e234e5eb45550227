// On-call shifts as a calendar that any program subscribes to: a signed address per person, which reads and nothing else.
import { z } from 'zod'
import { personOf, type UserId } from '#kernel/actor.ts'
import { defineQuery, definePage } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { PageAnswer } from '#kernel/page.ts'
import { addSeconds } from '#kernel/time.ts'
import { findUser, rightsOfUser } from '#domains/directory/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { personCalendar } from './ical.ts'
import * as store from './schedule-store.ts'

const purpose = 'calendar feed'
const form = /^([0-9a-hjkmnp-tv-z]{26})([\w-]{24})\.ics$/

export const calendarLink = defineQuery({
  name: 'oncall.calendarLink',
  summary: 'The address of your shifts as a calendar; whoever has it can read them',
  http: 'GET /me/calendar',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ url: z.string() }),
  examples: [{}],
  async run({ actor, signer, publicUrl }) {
    const userId = personOf(actor)
    if (!userId) throw missing('person')
    return { url: `${publicUrl}/oncall/ical/${userId.slice(4)}${signer.sign(userId, purpose)}.ics` }
  },
})

const nothing: PageAnswer = { status: 404, body: 'There is no such calendar.\n', contentType: 'text/plain; charset=utf-8' }

export const calendarFeed = definePage({
  http: 'GET /oncall/ical/{file}',
  async run({ scope, signer, now, publicUrl }, { params }) {
    const [, id, signature] = form.exec(params['file'] ?? '') ?? []
    if (!id || !signature || signer.verify(`usr_${id}`, signature, purpose) !== 'valid') return nothing
    const user = await findUser(scope, `usr_${id}`)
    const rights = user && (await rightsOfUser(scope, user.id as UserId))
    if (!user || !rights) return nothing
    const seen = { ...scope, actor: { kind: 'link' as const, userId: user.id, linkId: purpose, rights } }
    const from = addSeconds(now, -30 * 86_400)
    const schedules = await store.listSchedules(seen, from)
    const people = await readPeople(scope, schedules.flatMap(handlesIn))
    const body = personCalendar(user.handle, schedules, {
      from,
      to: addSeconds(now, 90 * 86_400),
      now,
      nameOf: (handle) => people[handle]?.name ?? handle,
      linkOf: (schedule) => `${publicUrl}/oncall/schedules/${schedule.slug}`,
    })
    return { status: 200, body, contentType: 'text/calendar; charset=utf-8' }
  },
})
