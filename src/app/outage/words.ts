// What somebody reads who is told while the database is away.
import type { ChannelMessage } from '#kernel/integration.ts'
import { inZone, type Instant } from '#kernel/time.ts'
import type { Told } from './gathering.ts'

/** `readAt` is when it was last known who is on call. Times are in the reader's zone. */
export function degradedMessage({ person, alerts }: Told, readAt: Instant): Pick<ChannelMessage, 'title' | 'body' | 'urgency'> {
  const [first] = alerts
  const clock = (at: Instant) => {
    const { hour, minute } = inZone(at, person.zone)
    return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
  }
  const list = alerts.slice(0, 10).map(({ title, service, since }) => `${clock(since)} ${title}${service === '' ? '' : ` (${service})`}`)
  const rest = alerts.length > list.length ? [`and ${alerts.length - list.length} more`] : []
  return {
    title: `Degraded: ${alerts.length === 1 ? '' : `${alerts.length} alerts, `}${first!.title}`,
    body: [
      ...list,
      ...rest,
      '',
      `The database of Tocsin is away. You are told by what was known at ${clock(readAt)}: ${person.reason}.`,
      'Nobody else is told after you: call whoever you need. Acknowledge it by the link, and you are not paged for it again when the database is back.',
      'What nobody has by then, and is still open, pages as ever; that page is then a repeat of this one.',
    ].join('\n'),
    urgency: 'page',
  }
}
