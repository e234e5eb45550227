// The page of a summary as HTML: every page in it with who has it, and one button at the bottom for all that nobody has. No script is needed.
import { html } from 'hono/html'
import type { Instant } from '#kernel/time.ts'
import { clockTime, withoutSeverity } from './messages.ts'
import { exactTime, phoneDocument, severityChip } from './phone-html.ts'
import { isOwned, type Listed, type OpenedSummary } from './summary-link.ts'

/** Of the person whom the summary told, as it stands now. */
export function summaryHtml({ user, pages, over }: OpenedSummary, now: Instant): string {
  const waiting = pages.filter((one) => !isOwned(one)).length
  const mine = pages.some(({ row }) => row.acknowledgedBy === user.id)
  const state = waiting > 0 ? 'Paging you' : mine ? 'You have it' : 'Somebody has it'
  const heading =
    waiting > 0 ? `${counted(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for you` : `All ${counted(pages.length)} have somebody`
  return phoneDocument(
    `${state}: ${heading}`,
    html`<main>
        <p class="state ${waiting > 0 ? 'unowned' : 'worked'}" role="status">
          <span aria-hidden="true">${waiting > 0 ? '◉' : '◐'}</span> ${state}<time datetime="${now}">${exactTime(now, user.zone)}</time>
        </p>
        <h1>${heading}</h1>
        <p class="since">${sinceWords(pages.length - waiting, waiting, over)}</p>
        <dl>
          ${pages.map(
            (one) =>
              html`<div>
                <dt>${one.row.severity ? severityChip(one.row.severity) : ''} ${one.service}</dt>
                <dd><a href="${one.path}">${withoutSeverity(one.row)}</a></dd>
                <dd class="since">${whoHas(one, user)}</dd>
              </div>`,
          )}
        </dl>
      </main>
      <footer>
        ${
          waiting > 0
            ? html`<form method="post">
                <input type="hidden" name="do" value="acknowledge" /><button class="solid">
                  Acknowledge${waiting === 1 ? '' : waiting === 2 ? ' both' : ` all ${waiting}`}
                </button>
              </form>`
            : ''
        }
        <p><a href="/">Sign in for everything about them</a></p>
      </footer>`,
  )
}

const counted = (count: number): string => (count === 1 ? '1 page' : `${count} pages`)

function sinceWords(owned: number, waiting: number, over: number): string {
  const others = [
    ...(owned > 0 && waiting > 0 ? [`${owned} more ${owned === 1 ? 'has' : 'have'} somebody`] : []),
    ...(over > 0 ? [`${over} ${over === 1 ? 'is' : 'are'} over`] : []),
  ]
  const rest = others.length === 0 ? '' : ` ${sentence(others.join(', '))}`
  return `They came in one message, because many came within a minute.${rest}`
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** "Nobody has it. Ben is paged at 14:05." or who does. */
function whoHas({ row }: Listed, { id, zone }: OpenedSummary['user']): string {
  if (row.state === 'acknowledged') return row.acknowledgedBy === id ? 'You have it.' : `${row.acknowledgedByName ?? 'The source'} has it.`
  if (row.state === 'exhausted') return 'Nobody has it, and every level was paged.'
  return row.nextAt && row.next
    ? `Nobody has it. Next: ${row.next} at ${clockTime(row.nextAt, zone)}.`
    : 'Nobody has it, and nobody else is paged.'
}
