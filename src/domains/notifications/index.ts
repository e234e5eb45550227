// The door of notifications: how people are reached, and what became of it.
import { defineObject, defineSlice } from '#kernel/define.ts'
import { sql } from '#kernel/sql.ts'
import { codeProcess, sendCode } from './codes.ts'
import { myNotifications } from './deliveries.ts'
import { tellOfEndedMethod } from './ended.ts'
import * as events from './events.ts'
import { addContactMethod, myMethods, pushKey, removeContactMethod, resendCode, testContactMethod, verifyContactMethod } from './methods.ts'
import { reach } from './reach.ts'
import { myRules, setRules } from './rules.ts'
import { sendNotification, sendSummary } from './send.ts'
import { summaries } from './summaries.ts'

const { MethodIdSchema: _m, NotificationIdSchema: _n, SummaryIdSchema: _s, ...happened } = events

/** Methods are found only by their own person's commands; here they are only named for the record. */
const methodObject = defineObject({
  kind: 'method',
  prefix: 'mth',
  locate: () => Promise.resolve(undefined),
  name: async (scope, ids) =>
    new Map(
      (await scope.query<{ id: string; channel: string }>(sql`select id, channel from contact_methods where id = any(${ids}::text[])`)).map(
        (row) => [row.id, row.channel],
      ),
    ),
})

export const notifications = defineSlice({
  name: 'notifications',
  operations: {
    myMethods,
    addContactMethod,
    verifyContactMethod,
    resendCode,
    removeContactMethod,
    testContactMethod,
    pushKey,
    myRules,
    setRules,
    myNotifications,
  },
  events: happened,
  reactions: [tellOfEndedMethod],
  processes: [reach, summaries, codeProcess],
  effects: [sendNotification, sendSummary, sendCode],
  objects: [methodObject],
})

export { reach } from './reach.ts'
export { degradedToken, linkToken, readDegradedLink, readLink, readSummaryLink } from './links.ts'
export { entriesOf as pagesInSummary, eraseFromEntries } from './summary-store.ts'
export { severityRank } from './summary-text.ts'
export { channelOutcomes, type ChannelOutcomes } from './outcomes.ts'
export { openAddress, readAddresses, type SealedAddress } from './addresses.ts'
export { howReached, type HowReached } from './reachable.ts'
export { deliveriesAbout, erasedWords, eraseFromDeliveries, says, type Delivery } from './store.ts'
export { DeliveryView, deliveryView } from './deliveries.ts'
export { channelName } from './plan.ts'
export { ensurePushKeys, openPushKeys, readPushKeys, type SealedPushKeys } from './push-keys.ts'
