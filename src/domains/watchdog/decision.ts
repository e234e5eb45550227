// Decides what follows from a synthetic alert that came through: the heartbeat goes out, or it is withheld and those who administer are told, each once. Pure.
import { z } from 'zod'
import type { UserId } from '#kernel/actor.ts'
import { call, toTell } from '#kernel/define.ts'
import type { Decision, Ended, Told, Woke } from '#kernel/process.ts'
import { InstantOut, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
import { channelName, reach, type ChannelOutcomes } from '#domains/notifications/index.ts'
import { sendHeartbeat } from './beat.ts'

export const WatchdogInput = z.object({ type: z.literal('came-through'), at: InstantOut })
export type WatchdogInput = z.output<typeof WatchdogInput>

export const WatchdogState = z.object({
  /** Why the heartbeat is withheld; null while it goes out. */
  withheld: z.string().nullable(),
  /** Channels by which nothing arrives. */
  failing: z.array(z.string()),
  /** How often the heartbeat could not be sent since it last was. */
  unsent: z.number(),
  sentAt: InstantOut.nullable(),
  /** What is new with this decision, for the record. */
  news: z.array(z.object({ kind: z.enum(['withheld', 'resumed', 'unsent', 'failing', 'works']), channel: z.string(), reason: z.string() })),
})
export type WatchdogState = z.output<typeof WatchdogState>

export type WatchdogFacts = {
  outcomes: ChannelOutcomes[]
  work: { overdue: number; oldest: Instant | null }
  administrators: readonly UserId[]
}

/** Of so long ago deliveries tell whether a channel works. */
export const lookBackSeconds = 900
const mostLateSeconds = 120
/** One that fails may be a person's own address; so many that fail, and none that arrives, are the channel. */
const failuresOfAChannel = 3
const unsentBeforeTold = 5

export const calm: WatchdogState = { withheld: null, failing: [], unsent: 0, sentAt: null, news: [] }

/** See the file's head. */
export function decideWatchdog(
  before: WatchdogState,
  input: WatchdogInput | Woke | Ended,
  now: Instant,
  facts: WatchdogFacts,
): Decision<WatchdogState> {
  const state = { ...before, news: [] }
  if (input.type === 'woke') return { state, reason: 'nothing to wait for' }
  if (input.type === 'effect') return input.result.type === 'done' ? sent(state, now) : unsent(state, input.result.reason, facts)

  const failing = failingChannels(facts.outcomes)
  const channels = facts.outcomes.flatMap(({ channel, reason }) =>
    failing.includes(channel) && !state.failing.includes(channel) ? [{ kind: 'failing' as const, channel, reason: reason ?? '' }] : [],
  )
  // A channel by which nothing was sent lately is as it was.
  const back = state.failing.filter((channel) => facts.outcomes.some((one) => one.channel === channel && one.delivered > 0))
  const news: WatchdogState['news'] = [...channels, ...back.map((channel) => ({ kind: 'works' as const, channel, reason: '' }))]
  const next = {
    ...state,
    failing: [...new Set([...state.failing.filter((channel) => !back.includes(channel)), ...failing])].sort(),
  }
  const why = whyWithheld(facts, now)
  const told = channels.flatMap(({ channel, reason }) =>
    tellAll(facts, `failing/${channel}/${now}`, {
      urgency: 'update',
      title: `Tocsin itself: nothing that is sent by ${channelName(channel)} arrives`,
      body: `The last that failed: ${reason}. Other ways are used meanwhile. \`tocsin doctor\` says more.`,
    }),
  )
  if (why === null) {
    const resumed = state.withheld === null ? [] : [{ kind: 'resumed' as const, channel: '', reason: '' }]
    return {
      state: { ...next, withheld: null, news: [...news, ...resumed] },
      reason: 'the whole way works',
      effects: [call(sendHeartbeat, { at: input.at })],
      tell: told,
    }
  }
  const first = state.withheld === null
  return {
    state: { ...next, withheld: why, news: first ? [...news, { kind: 'withheld', channel: '', reason: why }] : news },
    reason: `the heartbeat is withheld: ${why}`,
    tell: first
      ? [
          ...told,
          ...tellAll(facts, `withheld/${now}`, {
            urgency: 'page',
            title: 'Tocsin itself does not work as it should',
            body: `${why.charAt(0).toUpperCase()}${why.slice(1)}. The heartbeat to the outside is withheld until it does. Look at \`tocsin doctor\`.`,
          }),
        ]
      : told,
  }
}

function sent(state: WatchdogState, now: Instant): Decision<WatchdogState> {
  return { state: { ...state, unsent: 0, sentAt: now }, reason: 'the heartbeat was sent' }
}

function unsent(state: WatchdogState, reason: string, facts: WatchdogFacts): Decision<WatchdogState> {
  const count = state.unsent + 1
  const told = count === unsentBeforeTold
  return {
    state: { ...state, unsent: count, news: told ? [{ kind: 'unsent', channel: '', reason }] : [] },
    reason: `the heartbeat could not be sent: ${reason}`,
    tell: told
      ? tellAll(facts, `unsent/${state.sentAt ?? 'never'}`, {
          urgency: 'update',
          title: 'Tocsin itself: its heartbeat does not reach the outside',
          body: `It could not be sent ${count} times: ${reason}. Whoever listens for it may page soon. Look at TOCSIN_HEARTBEAT_URL.`,
        })
      : [],
  }
}

const failingChannels = (outcomes: readonly ChannelOutcomes[]): string[] =>
  outcomes.filter(({ delivered, failed }) => delivered === 0 && failed >= failuresOfAChannel).map(({ channel }) => channel)

/** Null when everything that can be seen from inside works. */
function whyWithheld({ outcomes, work }: WatchdogFacts, now: Instant): string | null {
  const late = work.oldest === null ? 0 : secondsBetween(work.oldest, now)
  if (late > mostLateSeconds)
    return `work is late by ${spokenDuration(late)}: ${work.overdue} ${work.overdue === 1 ? 'thing is' : 'things are'} overdue`
  const delivered = outcomes.reduce((sum, one) => sum + one.delivered, 0)
  const failed = outcomes.reduce((sum, one) => sum + one.failed, 0)
  if (delivered > 0 || failed < failuresOfAChannel) return null
  const channels = outcomes.filter((one) => one.failed > 0).map((one) => `${channelName(one.channel)} (${one.reason ?? 'it failed'})`)
  return `nothing that was sent in the last ${spokenDuration(lookBackSeconds)} has arrived: ${channels.join('; ')}`
}

const tellAll = (
  { administrators }: WatchdogFacts,
  key: string,
  message: { urgency: 'page' | 'update'; title: string; body: string },
): Told[] =>
  administrators.map((userId) =>
    toTell(reach, `watchdog/${key}/${userId}`, {
      type: 'start',
      userId,
      about: { installation: 'installation' },
      path: '/settings/record',
      ...message,
    }),
  )
