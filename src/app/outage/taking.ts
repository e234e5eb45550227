// Whom this node has told of what while the database was away, and what they have said that they have. It is kept in the spool; here stands what of it is needed
// to show a message again, and to give an alert to its person when it is taken in.
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { SpoolLine, TakenBy } from '#domains/alerts/index.ts'
import { partsOf, placeOf, type Told } from './gathering.ts'

export type MessageId = Id<'evt'>
export type TakenLine = Extract<SpoolLine, { kind: 'taken' }>

/** `ended` when nothing more of it is to be sent. */
export type Message = Told & { id: MessageId; at: Instant; takenAt: Instant | undefined; ended: AbortSignal }

export type Taking = {
  /** One that is being sent; what is known of it already is added to. */
  add(id: MessageId, told: Told, at: Instant): Message
  /** One of the last day, if it was for this person. */
  find(id: MessageId, userId: UserId): Message | undefined
  /** What the person has now, as lines for the spool: none when all of it is over. */
  linesOf(message: Message, at: Instant): TakenLine[]
  /** These lines are in the spool: nothing more of their message is sent. */
  note(message: Message | undefined, lines: readonly TakenLine[], at: Instant): void
  takenBy: TakenBy
  /** All of the spool was handed over. */
  clear(): void
}

const mostMessages = 1000
const keptSeconds = 86_400

export function createTaking(): Taking {
  const messages = new Map<MessageId, Message & { ending: AbortController }>()
  const taken = new Map<string, { userId: UserId; at: Instant }>()

  return {
    add(id, { person, alerts }, at) {
      const known = messages.get(id)
      if (known) {
        known.alerts.push(...alerts)
        return known
      }
      for (const [old, message] of messages)
        if (messages.size >= mostMessages || addSeconds(message.at, keptSeconds) < at) messages.delete(old)
        else break
      const ending = new AbortController()
      const message = { id, person, alerts: [...alerts], at, takenAt: undefined, ended: ending.signal, ending }
      messages.set(id, message)
      return message
    },

    find(id, userId) {
      const message = messages.get(id)
      return message?.person.userId === userId ? message : undefined
    },

    linesOf({ id, person: { userId }, alerts }, at) {
      const places = [...new Set(alerts.flatMap(({ open }) => [...open]))].map(partsOf)
      return [...Map.groupBy(places, ({ integrationId }) => integrationId)].map(([integrationId, some]) => ({
        kind: 'taken',
        at,
        userId,
        message: id,
        integrationId,
        keys: some.map(({ dedupKey }) => dedupKey),
      }))
    },

    note(message, lines, at) {
      for (const { userId, integrationId, keys } of lines)
        for (const place of keys.map((key) => placeOf(integrationId, key))) if (!taken.has(place)) taken.set(place, { userId, at })
      if (!message) return
      message.takenAt ??= at
      messages.get(message.id)?.ending.abort()
    },

    takenBy(integrationId, dedupKey, at) {
      const by = taken.get(placeOf(integrationId, dedupKey))
      return by && at <= by.at ? by : undefined
    },

    clear: () => taken.clear(),
  }
}
