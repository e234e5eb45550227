// The outside: phones and mailboxes that get what arrives, an HTTP server that does what runbook steps ask, each with its faults.
import { z } from 'zod'
import type { ChannelDefinition, ChannelMessage, ChannelResult } from '#kernel/integration.ts'
import { AppError } from '#kernel/errors.ts'
import type { Outbound } from '#kernel/outbound.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, type Clock, type Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import type { Faults } from './faults.ts'
import { look, type Handed, type Seen } from './record.ts'
import type { Schedule } from './schedule.ts'

export type World = { clock: Clock; database: Database; schedule: Schedule; faults: Faults; seen: Seen }

/** `handing` is asked right before each message is handed over; what it throws is a violation. */
export function provider(world: World, recognisesKey: boolean, handing: (handed: Handed) => Promise<void>) {
  const { clock, database, schedule, faults, seen } = world
  const deadUntil = new Map<string, Instant>()

  async function send(channel: string, to: string, message: ChannelMessage): Promise<ChannelResult> {
    const task = schedule.current()
    await schedule.gate(`${channel} hands over`)
    const [row] = await schedule.during(() =>
      look(database, clock.now(), (scope) =>
        scope.query<{ reachKey: string }>(sql`select reach_key as "reachKey" from notifications where id = ${message.key}
          union all select 'update/' || update_id from update_mails where update_id || '.' || subscriber_id = ${message.key}
          union all select 'invitation/' || key from processes where name = 'status.invitation' and name || '/' || key || '/1' = ${message.key}`),
      ),
    )
    const { key, repeated, title, urgency, url, stopUrl } = message
    const isDegraded = key.startsWith('degraded-')
    // Of a node that stood still, and that has taken the same work up again meanwhile, what is no repeat was looked at first.
    const looks = seen.looks.get(`${task.node} ${key}`)
    const handed: Handed = {
      at: clock.now(),
      key,
      reachKey: isDegraded ? `degraded/${key}` : (row?.reachKey ?? ''),
      channel,
      to,
      recognisesKey,
      title,
      url,
      stopUrl: stopUrl ?? undefined,
      urgency,
      repeated,
      seen: task.seen,
      // What nobody can look for is sent by what is known.
      lookedAt: isDegraded ? clock.now() : task.lookedAt,
      // Its task may do several things beside each other.
      ...(repeated ? looks?.pop() : looks?.shift()),
      node: task.node,
      arrived: false,
    }
    // Who looked before the database lost its last moments may have looked at what never was.
    if (handed.seen < seen.lostAt && !isDegraded) handed.isForgotten = true
    else await schedule.during(() => handing(handed))
    seen.handed.push(handed)
    const failed = (reason: string, inDoubt = false): ChannelResult => ({ status: 'failed', canRetry: true, reason, inDoubt })
    if (faults.strikes('provider dead for an hour')) deadUntil.set(channel, addSeconds(clock.now(), 3600))
    if (clock.now() < (deadUntil.get(channel) ?? clock.now())) {
      seen.reached.add('a page while a provider is dead')
      return failed('the provider could not be reached')
    }
    if (faults.strikes('provider slow')) await schedule.gate(`${channel} is slow`, addSeconds(clock.now(), 30))
    if (faults.strikes('provider fails')) return failed('the provider answered 500')
    if (faults.strikes('provider refuses for now')) return failed('the provider answered 429')
    if (faults.strikes('provider timed out')) return failed('the provider did not answer', true)
    if (channel === 'web-push' && faults.strikes('address gone'))
      return { status: 'failed', canRetry: false, reason: 'the address is gone', gone: true }
    Object.assign(handed, { arrived: true, arrivedAt: clock.now() })
    await schedule.gate(`${channel} answers`)
    if (faults.strikes('provider did it and timed out')) {
      seen.reached.add('a message that arrived in doubt')
      return failed('the provider did not answer', true)
    }
    if (faults.strikes('provider answers rubbish')) throw new Error('the provider answered rubbish')
    return { status: 'delivered' }
  }

  const channelOf = <Address>(name: string, address: z.ZodType<Address>, to: (address: Address) => string): ChannelDefinition => ({
    summary: name,
    address,
    recognisesKey,
    send: (_, given, message) => send(name, to(given as Address), message),
  })

  const outbound: Outbound = {
    async fetch({ url, method = 'GET' }) {
      await schedule.gate('a step calls')
      if (faults.strikes('provider timed out')) throw new AppError('unavailable', 'There was no answer.')
      if (method === 'POST' && schedule.current().seen >= seen.lostAt) seen.posted.push(new URL(url).pathname)
      await schedule.gate('a step is answered')
      if (faults.strikes('provider did it and timed out')) throw new AppError('unavailable', 'There was no answer.')
      const body = '{}'
      return { status: 200, headers: {}, bytes: new TextEncoder().encode(body), text: () => body, url }
    },
    connectMail: () => Promise.reject(new Error('this world has no mail server')),
  }
  return {
    outbound,
    channels: new Map([
      ['web-push', channelOf('web-push', z.object({ endpoint: z.string() }), ({ endpoint }) => endpoint)],
      ['email', channelOf('email', z.string(), (email) => email)],
    ]),
  }
}
