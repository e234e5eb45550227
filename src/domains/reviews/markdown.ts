// A review as one Markdown document. What people wrote keeps its marks; raw HTML in it is shown as text wherever the document is rendered.
import { spokenDuration, spokenTime, secondsBetween, type Instant } from '#kernel/time.ts'

export type ReviewDocument = {
  incident: { number: number; title: string; severity: string; openedAt: Instant; resolvedAt: Instant | null }
  owner: string | null
  dueOn: string
  publishedAt: Instant | null
  sections: readonly { title: string; text: string }[]
  actions: readonly { title: string; owner: string | null; dueOn: string | null; doneAt: Instant | null }[]
  timeline: readonly { at: Instant; sentence: string; text: string | null }[]
  /** There is more before it. */
  isCut: boolean
  zone: string
}

/** The whole document; times are in `zone` and say so. */
export function reviewMarkdown(review: ReviewDocument): string {
  const { incident, zone } = review
  const time = (at: Instant) => spokenTime(at, zone)
  const facts: [string, string][] = [
    ['Severity', incident.severity],
    ['Began', time(incident.openedAt)],
    [
      'Resolved',
      incident.resolvedAt
        ? `${time(incident.resolvedAt)}, after ${spokenDuration(secondsBetween(incident.openedAt, incident.resolvedAt))}`
        : 'not yet',
    ],
    [
      'Review',
      `${review.owner ? line(review.owner) : 'nobody'}, ${review.publishedAt ? `published ${time(review.publishedAt)}` : `draft, due ${review.dueOn}`}`,
    ],
  ]
  const parts = [
    `# INC-${incident.number} ${line(incident.title)}`,
    facts.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    ...review.sections.flatMap(({ title, text }) => [
      `## ${line(title)}`,
      text.trim() === '' ? '_Nothing written yet._' : inertMarkdown(text),
    ]),
    '## Action items',
    review.actions.length === 0
      ? '_None._'
      : table(
          ['Action', 'Owner', 'Due', 'Done'],
          review.actions.map(({ title, owner, dueOn, doneAt }) => [
            line(title),
            line(owner ?? 'nobody'),
            dueOn ?? 'no date',
            doneAt ? time(doneAt) : '',
          ]),
        ),
    '## Record',
    ...(review.isCut ? [`_The newest ${review.timeline.length} entries. Those before them stand in the timeline of the incident._`] : []),
    review.timeline.length === 0
      ? '_Empty._'
      : table(
          ['Time', 'What happened'],
          review.timeline.map(({ at, sentence, text }) => [time(at), text === null ? line(sentence) : `${line(sentence)}: ${line(text)}`]),
        ),
  ]
  return `${parts.join('\n\n')}\n`
}

/**
 * People's Markdown with every `<` that could begin HTML as `&lt;`. Only fences that stand at the very start of a line are left as they
 * are: they belong to no list and no quotation, so that every renderer agrees on where they end. One left open is closed.
 */
export function inertMarkdown(text: string): string {
  let fence: string | undefined
  const lines = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((source) => {
      if (fence !== undefined) {
        const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(source)?.[1]
        if (closing?.startsWith(fence)) fence = undefined
        return source
      }
      fence = /^(`{3,})[^`]*$/.exec(source)?.[1] ?? /^(~{3,})/.exec(source)?.[1]
      return fence === undefined ? harmless(source) : fence + harmless(source.slice(fence.length))
    })
  return [...lines, ...(fence === undefined ? [] : [fence])].join('\n')
}

/** One line of text, taken literally: no mark in it means anything. */
export const line = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()#+!|~&]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replace(/:\/\//g, '&#58;//')

const harmless = (text: string) => text.replace(/<(?=[a-z/!?])/gi, '&lt;')

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
