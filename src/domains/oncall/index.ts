// The door of on call: who is on call when, whom a page tells, and what became of it.
import { defineSlice } from '#kernel/define.ts'
import { calendarFeed } from './calendar-feed.ts'
import { addCalendarLink, calendarLinks, revokeCalendarLink } from './calendar-links.ts'
import * as events from './events.ts'
import { giveBackGroup } from './give-back.ts'
import { myShifts, onCallNow, onCallOfSchedule } from './now.ts'
import { overrideObject, pageObject, policyObject, scheduleObject } from './objects.ts'
import { acceptShift, declineShift, offerShift, shiftOffers, withdrawShift } from './offers.ts'
import { addOverride, removeOverride } from './override-commands.ts'
import { page } from './page-process.ts'
import * as pages from './pages.ts'
import { phoneAcknowledge, phoneAnswer, phonePage } from './phone-page.ts'
import * as policies from './policies.ts'
import { endOnResolve, pageAgain, pageWhatTheyHad, startOnGroup, stopOnAcknowledge } from './reactions.ts'
import { policyResource, scheduleResource } from './resources.ts'
import * as schedules from './schedules.ts'
import { summaryAcknowledge, summaryAnswer, summaryPage } from './summary-page.ts'

const {
  ScheduleIdSchema: _s,
  OverrideIdSchema: _o,
  PolicyIdSchema: _p,
  PageIdSchema: _g,
  CalendarLinkIdSchema: _c,
  OfferIdSchema: _f,
  ...happened
} = events
const { teamIdOf: _t, ...ofSchedules } = schedules

export const oncall = defineSlice({
  name: 'oncall',
  operations: {
    ...ofSchedules,
    ...policies,
    ...pages,
    addOverride,
    removeOverride,
    onCallNow,
    onCallOfSchedule,
    myShifts,
    calendarLinks,
    addCalendarLink,
    revokeCalendarLink,
    shiftOffers,
    offerShift,
    acceptShift,
    declineShift,
    withdrawShift,
  },
  events: happened,
  reactions: [startOnGroup, stopOnAcknowledge, pageAgain, pageWhatTheyHad, endOnResolve],
  processes: [page],
  effects: [giveBackGroup],
  objects: [scheduleObject, overrideObject, policyObject, pageObject],
  pages: [phonePage, phoneAnswer, phoneAcknowledge, summaryPage, summaryAnswer, summaryAcknowledge, calendarFeed],
  resources: [scheduleResource, policyResource],
})

export { whoIsOnCall } from './now.ts'
export { peopleOfLevel } from './level.ts'
export { groupTitle } from './messages.ts'
export { closedHtml, exactTime, phoneDocument } from './phone-html.ts'
export { firstPaged, readPoliciesForOutage, type LastKnownPolicies } from './last-known.ts'
export { eraseFromMessages } from './erasing.ts'
export { startPage } from './pages.ts'
export { endPagesOfIncident, hidePagesOfIncident } from './paging.ts'
export { personPaged } from './events.ts'
