// Who is on call now with the reason, until when, who is next, and how a page would reach them.
import { Avatar, absoluteTime, useNow } from '../../ui/index.ts'
import { isOffHours, leftWords, named, personRef, spanWords, type Now } from './schedule-words.ts'

/** Times are told in `zone`. `brief` leaves out how people are reached. */
export function NowAndNext({ item, zone, brief = false }: { item: Now; zone: string; brief?: boolean }) {
  const nowMs = useNow(60)
  const until = item.until ? absoluteTime(Date.parse(item.until), { zone, nowMs }) : undefined
  const left = item.until ? leftWords(item.until, nowMs) : undefined
  return (
    <div className="flex flex-col gap-2">
      {item.people.map(({ person, reason, reached }) => (
        <div key={person.handle} className="flex items-start gap-2.5">
          <Avatar person={personRef(person)} size={28} named={false} />
          <p className="min-w-0 flex-1">
            <strong>{person.name}</strong> <span className="text-ink2">{until ? `until ${until}, ${left}` : 'for the next 90 days'}</span>
            <span className="block text-ink2">Because: {reason}</span>
            {!brief && <span className="block text-ink3">A page comes by {reached}</span>}
          </p>
        </div>
      ))}
      {item.people.length === 0 && (
        <p className={isOffHours(item.schedule, { from: item.at, to: item.until ?? item.at }) ? 'text-ink2' : 'font-medium text-red'}>
          Nobody{until ? ` until ${until}` : ''}
          <span className="block font-normal text-ink2">Because: {item.reason.replace(/^nobody: /, '')}</span>
        </p>
      )}
      {item.until && item.nextReason && (
        <p className="text-ink2">
          Then <span className="font-medium text-ink">{named(item.next)}</span>: {item.nextReason.replace(/^nobody: /, '')}
        </p>
      )}
      {item.gap && item.gap.from > item.at && !isOffHours(item.schedule, item.gap) && (
        <p className="font-medium text-red">Nobody, {spanWords(item.gap, zone, nowMs)}</p>
      )}
    </div>
  )
}
