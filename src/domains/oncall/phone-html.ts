// The phone page as HTML: what is wrong, since when, why you, who is next, and one button at the bottom. No script is needed.
import { html } from 'hono/html'
import { secondsBetween, spokenDuration, inZone, spokenTime, type Instant } from '#kernel/time.ts'
import { channelName } from '#domains/notifications/index.ts'
import { before, clockTime, listed } from './messages.ts'
import type { Opened } from './phone-link.ts'
import { undoOf } from './undo.ts'

type Html = ReturnType<typeof html>

/** One whole document. */
export const phoneDocument = (title: string, body: Html): string =>
  `<!doctype html>\n${String(
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/phone.css" />
        <link rel="icon" href="/favicon.svg" />
        <script src="/phone.js" defer></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`,
  )}`

/** What became of what was just asked for: why it was not done; or that the next level is paged, which the page shows a moment later. */
export type Came = { refused?: string; escalated?: boolean }

/** The page of somebody who was paged, as it stands now, and what became of what they just asked for. */
export function phoneHtml(opened: Opened, now: Instant, { refused, escalated = false }: Came = {}): string {
  const { row, user, group, why } = opened
  const owned = row.state === 'acknowledged'
  const mine = owned && row.acknowledgedBy === user.id
  const undo = undoOf(row, user.id, now, user.zone)
  const title = group?.title ?? row.title
  const state = owned
    ? mine
      ? 'You have it'
      : `${row.acknowledgedByName ?? 'The source'} has it`
    : row.state === 'exhausted'
      ? 'Nobody answered'
      : 'Paging you'
  return phoneDocument(
    `${state}: ${row.title}`,
    html`<main>
        <p class="state ${owned ? 'worked' : 'unowned'}" role="status">
          <span aria-hidden="true">${owned ? '◐' : '◉'}</span> ${state}<time datetime="${now}">${exactTime(now, user.zone)}</time>
        </p>
        <p class="what">
          ${row.severity ? severityChip(row.severity) : ''}${group?.serviceName ? html`<span>${group.serviceName}</span>` : ''}
        </p>
        <h1>${title}</h1>
        ${lasting(opened, now, escalated)}
        ${refused === undefined ? '' : html`<p class="refused" role="alert">${refused}</p>`}
        ${undo.allowed ? undoForm(undo.until, now) : ''}
        <dl>
          ${
            group && group.alertCount > 1
              ? html`<div>
                  <dt>Alerts</dt>
                  <dd>${group.alertCount} alerts in one group, ${group.openCount} still open</dd>
                </div>`
              : ''
          }
          ${
            row.body !== '' && row.body !== group?.serviceName
              ? html`<div>
                  <dt>What is said</dt>
                  <dd>${row.body}</dd>
                </div>`
              : ''
          }
          ${changedRow(opened)}
          <div>
            <dt>Why you</dt>
            <dd>
              You are ${why.reason}. Level
              ${why.level}${why.round > 1 ? `, asked ${why.round} times` : ''}.${owned ? '' : comingWords(opened)}
            </dd>
          </div>
          ${
            owned || escalated
              ? ''
              : html`<div>
                  <dt>If nobody answers</dt>
                  <dd>${nextWords(opened)}</dd>
                </div>`
          }
          ${
            group && group.links.length > 0
              ? html`<div>
                  <dt>Look at</dt>
                  <dd>
                    ${group.links.slice(0, 5).map((link) => html`<a href="${link.href}" rel="noreferrer">${link.text === '' ? link.href : link.text}</a> `)}
                  </dd>
                </div>`
              : ''
          }
        </dl>
      </main>
      <footer>
        ${
          owned
            ? html`<form method="post">
                <input type="hidden" name="do" value="escalate" /><input type="hidden" name="step" value="${stepOf(opened)}" /><button
                  class="quiet"
                >
                  Page the next level too
                </button>
              </form>`
            : html`<form method="post">
                  <input type="hidden" name="do" value="acknowledge" /><button class="solid">Acknowledge</button>
                </form>
                ${row.state === 'paging' ? html`<form method="post"><input type="hidden" name="do" value="escalate" /><input type="hidden" name="step" value="${stepOf(opened)}" /><button class="quiet">Escalate</button></form>` : ''}`
        }
        <p><a href="/pages/${row.id}">Sign in for everything about it</a></p>
      </footer>`,
  )
}

/** Where it stands, so that sending the form again escalates once. */
export const stepOf = ({ row }: Pick<Opened, 'row'>): string => `${row.level}.${row.round}`

/** What anybody sees for a link that is none, and for one that no longer opens anything. */
export const closedHtml = (heading: string, sentence: string): string =>
  phoneDocument(
    heading,
    html`<main>
        <h1>${heading}</h1>
        <p class="since">${sentence}</p>
      </main>
      <footer>
        <p><a href="/">Sign in</a></p>
      </footer>`,
  )

function lasting({ row, group }: Opened, now: Instant, escalated: boolean): Html {
  const since = group?.openedAt ?? row.startedAt
  if (row.state !== 'acknowledged' || row.acknowledgedAt === null) {
    return html`<p class="since">For <span data-since="${since}">${spokenDuration(secondsBetween(since, now))}</span>.${escalated ? ' The next level is paged now.' : ''}</p>`
  }
  // "Ana has it; nobody else is paged": who has it stands above already.
  const rest = escalated ? 'the next level is paged too' : row.reason.split('; ').slice(1).join('; ') || row.reason
  return html`<p class="since">
    Acknowledged after ${spokenDuration(secondsBetween(row.startedAt, row.acknowledgedAt))}.
    ${rest.charAt(0).toUpperCase()}${rest.slice(1)}.
  </p>`
}

/** What was changed, the newest first: the first thing that one wants to know. */
function changedRow({ changes, group, user }: Opened): Html | '' {
  if (!group || changes.length === 0) return ''
  return html`<div>
    <dt>Changed</dt>
    ${changes.map(
      ({ summary, at, links }) =>
        html`<dd>
          ${links[0] ? html`<a href="${links[0].href}" rel="noreferrer">${summary}</a>` : summary},
          ${at <= group.openedAt ? before(at, group.openedAt) : `at ${clockTime(at, user.zone)}`}
        </dd>`,
    )}
  </div>`
}

/** Without script the button stays, and the server refuses what comes too late. */
const undoForm = (until: Instant, now: Instant): Html =>
  html`<form method="post" data-until="${until}">
    <input type="hidden" name="do" value="give-back" /><button class="small">
      Undo <span class="left" aria-hidden="true">0:0${Math.max(1, Math.ceil(secondsBetween(now, until)))}</span>
    </button>
  </form>`

function nextWords({ row, user }: Opened): string {
  if (row.nextAt && row.next) return `${row.next} at ${clockTime(row.nextAt, user.zone)}.`
  return row.state === 'exhausted' ? 'Nobody else is paged: every level was.' : 'Nobody else is paged.'
}

function comingWords({ coming, user }: Opened): string {
  const parts = coming.map((delivery) => `${channelName(delivery.channel)} at ${clockTime(delivery.dueAt, user.zone)}`)
  return parts.length === 0 ? '' : ` Next to you: ${listed(parts)}.`
}

/** "03:12:44 CET". */
export function exactTime(at: Instant, zone: string): string {
  const { second } = inZone(at, zone)
  return `${clockTime(at, zone)}:${String(second).padStart(2, '0')} ${spokenTime(at, zone).split(' ').at(-1)}`
}

const bars: Record<string, number> = { critical: 5, error: 4, warning: 3, info: 2 }
export const severityChip = (severity: string): Html =>
  html`<span class="severity ${severity}"
    ><svg viewBox="0 0 15 12" width="15" height="12" aria-hidden="true">
      ${[0, 1, 2, 3, 4].map((i) =>
        i < (bars[severity] ?? 1) ? html`<rect x="${i * 3}" y="${10 - i * 2}" width="2" height="${2 + i * 2}" fill="currentColor" />` : '',
      )}
    </svg>
    ${severity.charAt(0).toUpperCase()}${severity.slice(1)}</span
  >`
