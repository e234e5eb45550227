// What a summary says: how many pages, the worst first, and why they come together. Pure.
import { severities, type AlertSeverity } from '#kernel/signal.ts'
import { becauseOfStorm } from './storm.ts'

/** One page in a summary. `service` is empty when it is about none. */
export type Summarised = { title: string; service: string; severity: string | null }

const linesAtMost = 8

/** Title and body. `pages` in the order in which they came, at least one. */
export function summaryText(pages: readonly Summarised[]): { title: string; body: string } {
  const { lines, named } = worstFirst(pages)
  const shown = lines.slice(0, linesAtMost)
  const left = lines.length - shown.length
  return {
    title: `${lines.length} more ${lines.length === 1 ? 'page' : 'pages'}: ${named}`,
    body: [...(lines.length > 2 ? shown : []), ...(left > 0 ? [`and ${left} more`] : []), `They come together, ${becauseOfStorm}.`].join(
      '\n',
    ),
  }
}

/** That everything of a summary is over. `how`: a sentence on how the last of it ended. */
export function overText(pages: readonly Summarised[], how: string): { title: string; body: string } {
  const { lines, named } = worstFirst(pages)
  return { title: `Over: ${lines.length === 1 ? named : `all ${lines.length} pages of a summary: ${named}`}`, body: how }
}

function worstFirst(pages: readonly Summarised[]): { lines: string[]; named: string } {
  const lines = [...pages].sort((a, b) => severityRank(a.severity) - severityRank(b.severity)).map(lineOf)
  const [first = '', second] = lines
  const named =
    second === undefined ? first : lines.length === 2 ? `${first} and ${second}` : `${first}, ${second} and ${lines.length - 2} more`
  return { lines, named }
}

/** "Critical: Error rate 12 % (Checkout)", short enough for a lock screen. */
const lineOf = ({ title, service }: Summarised): string => `${cut(title, 90)}${service === '' ? '' : ` (${cut(service, 40)})`}`

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`)

/** The worst is 0; what has no severity comes last. */
export const severityRank = (severity: string | null): number => {
  const place = severities.indexOf(severity as AlertSeverity)
  return place < 0 ? severities.length : place
}
