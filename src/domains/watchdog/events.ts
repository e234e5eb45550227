// What Tocsin noticed of itself. Only changes are written down: a heartbeat that goes out as ever is no news.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import { InstantOut } from '#kernel/time.ts'

const about = () => ({ installation: 'installation' })
const reason = z.object({ reason: z.string() })

export const heartbeatWithheld = defineEvent({
  type: 'heartbeat.withheld',
  version: 1,
  data: reason,
  about,
  sentence: ({ data }) => `The heartbeat to the outside is withheld: ${data.reason}`,
})
export const heartbeatResumed = defineEvent({
  type: 'heartbeat.resumed',
  version: 1,
  data: z.object({}),
  about,
  sentence: () => 'The heartbeat goes out again',
})
export const heartbeatUnsent = defineEvent({
  type: 'heartbeat.unsent',
  version: 1,
  data: reason,
  about,
  sentence: ({ data }) => `The heartbeat could not be sent: ${data.reason}`,
})
export const databaseLost = defineEvent({
  type: 'database.lost',
  version: 1,
  data: z.object({
    /** When the first and the last was written of what is known to be lost. */
    since: InstantOut,
    until: InstantOut,
    /** How many alerts were taken in again, and of how many the integration is gone too. */
    alerts: z.number().int().min(0),
    unknown: z.number().int().min(0),
  }),
  about,
  sentence({ data }) {
    const [from, to] = [data.since, data.until].map((at) => at.slice(11, 19))
    const when = from === to ? `at ${from}` : `between ${from} and ${to}`
    return `The database has lost what was written ${when} UTC; alerts that were taken in again: ${data.alerts}`
  },
})
export const channelFailing = defineEvent({
  type: 'channel.failing',
  version: 1,
  data: z.object({ channel: z.string(), reason: z.string() }),
  about,
  sentence: ({ data }) => `Nothing that is sent by ${data.channel} arrives: ${data.reason}`,
})
export const channelWorks = defineEvent({
  type: 'channel.works',
  version: 1,
  data: z.object({ channel: z.string() }),
  about,
  sentence: ({ data }) => `What is sent by ${data.channel} arrives again`,
})
