// What a page says. The first forty characters carry severity, what and how bad; then what it is about, since when, and who is paged next.
import { cut, type AlertSeverity } from '#kernel/signal.ts'
import { inZone, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'

const words: Record<AlertSeverity, string> = { critical: 'Critical', error: 'Error', warning: 'Warning', info: 'Info' }

/** "Critical: Card payments fail, 8 % in eu-west". */
export const groupTitle = (group: { severity: AlertSeverity; title: string }): string => `${words[group.severity]}: ${group.title}`

/** The title of a page, for where its severity stands beside it. */
export function withoutSeverity({ title, severity }: { title: string; severity: string | null }): string {
  const word = words[severity as AlertSeverity] as string | undefined
  return word && title.startsWith(`${word}: `) ? title.slice(word.length + 2) : title
}

export type NextUp = { at: Instant; names: string[] } | null

/** `changed`: what was changed last before it began. */
export type Told = { body: string; since: Instant; changed?: { summary: string; at: Instant } | null }

/** "payments-gateway, for 2 min. Changed 4 min before: 4.18.2 was deployed. Priya Nair is paged at 03:17." Times are in the reader's zone. */
export function pageBody({ body, since, changed }: Told, round: number, next: NextUp, now: Instant, zone: string): string {
  const lasts = secondsBetween(since, now)
  const about = [body, lasts < 60 ? '' : `for ${spokenDuration(lasts)}`].filter((part) => part !== '').join(', ')
  const parts = [
    about === '' ? '' : sentence(about),
    changed ? changedSentence(changed, since) : '',
    round > 1 ? 'Asked again: nobody has it yet.' : '',
    nextSentence(next, zone),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** "Changed 4 min before: 4.18.2 was deployed." Of a long summary so much as leaves room for who is next. */
function changedSentence({ summary, at }: { summary: string; at: Instant }, since: Instant): string {
  const told = summary.length > 100 ? `${cut(summary, 99)}…` : summary
  return sentence(`Changed ${before(at, since)}: ${told}`)
}

/** "4 min before", by when something began to be wrong. */
export const before = (at: Instant, since: Instant): string => {
  const seconds = secondsBetween(at, since)
  return seconds < 1 ? 'at that moment' : `${spokenDuration(seconds)} before`
}

/** "Priya Nair is paged at 03:17." or that nobody is. */
function nextSentence(next: NextUp, zone: string): string {
  if (next === null || next.names.length === 0) return 'Nobody is paged after you.'
  return `${listed(next.names)} ${next.names.length === 1 ? 'is' : 'are'} paged at ${clockTime(next.at, zone)}.`
}

/** "03:17", on the clock of that zone. */
export function clockTime(at: Instant, zone: string): string {
  const { hour, minute } = inZone(at, zone)
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** "Ana", "Ana and Ben", "Ana, Ben and 3 more". */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join('')
  if (names.length === 2) return `${names[0]} and ${names[1]}`
  return names.length === 3 ? `${names[0]}, ${names[1]} and ${names[2]}` : `${names[0]}, ${names[1]} and ${names.length - 2} more`
}

/** "Over: Card payments fail, 52 min". */
export const overTitle = (subject: { title: string; since: Instant }, now: Instant): string =>
  `Over: ${subject.title}, ${spokenDuration(secondsBetween(subject.since, now))}`

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
