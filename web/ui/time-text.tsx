// Moments and lengths in words. A time never stands without its zone unless its column names it.
import { useNow, useNowBeside } from './now.ts'
import { useReader } from './reader.tsx'
import { absoluteTime, clockTime, dayWords, durationWords, relativeTime } from './time-words.ts'

export type TimeForm = 'both' | 'absolute' | 'relative' | 'clock' | 'record' | 'day'

/**
 * A moment. `both` "39 min ago, 14:02 CET" · `absolute` "Wed 25 Nov, 09:00 CET" · `relative` "in 4 min" (absolute from 24 h on) ·
 * `clock` "14:02" where the zone stands above · `record` "14:02:11" in mono · `day` "Wed 25 Nov".
 * `at` is an ISO instant; `zone` overrides the reader's.
 */
export function TimeText({ at, form = 'both', zone, className }: { at: string; form?: TimeForm; zone?: string; className?: string }) {
  const reader = useReader()
  const ms = Date.parse(at)
  const now = useNowBeside(ms, form === 'both' || form === 'relative')
  const when = { zone: zone ?? reader.zone, nowMs: now }
  const full = absoluteTime(ms, { ...when, seconds: true })
  const relative = relativeTime(ms, now)
  const words = {
    both: () => (relative ? `${relative}, ${absoluteTime(ms, when)}` : absoluteTime(ms, when)),
    absolute: () => absoluteTime(ms, when),
    relative: () => relative ?? absoluteTime(ms, when),
    clock: () => clockTime(ms, when.zone),
    record: () => clockTime(ms, when.zone, true),
    day: () => dayWords(ms, when),
  }[form]()
  return (
    <time
      dateTime={at}
      title={full}
      className={`whitespace-nowrap tabular-nums ${form === 'record' ? 'font-mono' : ''} ${className ?? ''}`}
    >
      {words}
    </time>
  )
}

/** A length: fixed with `seconds`, counting with `since` (ISO instant). `exact` keeps seconds above a minute. */
export function Duration({
  exact = false,
  className,
  ...length
}: ({ seconds: number } | { since: string }) & { exact?: boolean; className?: string }) {
  return 'since' in length ? (
    <Counting since={length.since} exact={exact} className={className} />
  ) : (
    <span className={`tabular-nums ${className ?? ''}`}>{durationWords(length.seconds, exact)}</span>
  )
}

function Counting({ since, exact, className }: { since: string; exact: boolean; className?: string }) {
  const seconds = Math.max(0, Math.floor((useNow(1) - Date.parse(since)) / 1000))
  return <span className={`tabular-nums ${className ?? ''}`}>{durationWords(seconds, exact)}</span>
}
