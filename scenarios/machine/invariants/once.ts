// I4: one message per person and method. One that may have arrived before says so; one that is known to have arrived never goes out again.
import { secondsBetween } from '#kernel/time.ts'
import { demand } from '../record.ts'
import type { Invariant } from './invariant.ts'

const leaseSeconds = 3

export const once: Invariant = {
  id: 'I4',
  says: 'nobody is told the same thing twice by the same method, unless it says that it is a repeat',
  handing({ key, to, repeated, reachKey, channel, recognisesKey, at, lookedAt }, { handed, events }) {
    // What is told while the database is away goes to every address of its person at once, under one key.
    const earlier = handed.filter((other) => other.key === key && other.to === to && !other.isForgotten)
    demand('I4', reachKey !== '', () => `the delivery ${key} by ${channel} is not written down`)
    // It looked, and then its node stood still for longer than a lease: no one could tell it any more.
    if (secondsBetween(lookedAt, at) >= leaseSeconds) return
    const delivered = events.find((event) => event.type === 'notification.delivered' && event.about['notification'] === key)
    demand('I4', delivered === undefined, () => `${key} (${reachKey}) goes out again although it is recorded as delivered`)
    if (recognisesKey) return
    demand(
      'I4',
      repeated || !earlier.some((other) => other.arrived),
      () => `${key} (${reachKey}) has arrived before and is not marked as a repeat`,
    )
  },
}
