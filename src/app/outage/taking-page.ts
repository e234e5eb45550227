// The page behind the link of a degraded message: opening it changes nothing, its one button says that its person has it. It asks no database.
import { html } from 'hono/html'
import { z } from 'zod'
import type { PageAnswer, PageRequest } from '#kernel/page.ts'
import { readDegradedLink } from '#domains/notifications/index.ts'
import { closedHtml, exactTime, phoneDocument } from '#domains/oncall/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { StandalonePage } from '#platform/http/pages.ts'
import type { Outage } from './outage.ts'
import type { Message } from './taking.ts'

const mostShown = 20
/** The form says what to do and nothing else. */
const Form = z.strictObject({ do: z.literal('acknowledge') })

export function takingPages({ signer, clock }: Pick<Engine, 'signer' | 'clock'>, outage: Pick<Outage, 'told' | 'take'>): StandalonePage[] {
  const open = (request: PageRequest): Message | PageAnswer => {
    if (Object.keys(request.query).length > 0) return unknown
    const target = readDegradedLink(signer, request.params['token'] ?? '')
    if (target === 'unknown') return unknown
    return (target === 'expired' ? undefined : outage.told(target.messageId, target.userId)) ?? elsewhere
  }
  const shown = (message: Message): PageAnswer => ({ status: 200, body: messageHtml(message, clock.now()) })
  const act = async (request: PageRequest, given: unknown): Promise<PageAnswer> => {
    const message = open(request)
    if ('status' in message) return message
    if (!Form.safeParse(given).success) return wrongForm
    await outage.take(message)
    return shown(message)
  }
  return [
    {
      http: 'GET /p/degraded/{token}',
      async run(request) {
        const message = open(request)
        return 'status' in message ? message : shown(message)
      },
    },
    { http: 'POST /p/degraded/{token}', run: (request) => act(request, request.form) },
    // What the button of a push notification asks, by the service worker.
    { http: 'POST /p/degraded/{token}/acknowledge', run: (request) => act(request, { do: 'acknowledge' }) },
  ]
}

function messageHtml({ person: { zone, reason }, alerts, takenAt }: Message, now: Message['at']): string {
  const state = takenAt ? 'You have it' : 'Paging you'
  const list = alerts.slice(0, mostShown)
  return phoneDocument(
    `${state}: ${alerts[0]!.title}`,
    html`<main>
        <p class="state ${takenAt ? 'worked' : 'unowned'}" role="status">
          <span aria-hidden="true">${takenAt ? '◐' : '◉'}</span> ${state}<time datetime="${now}">${exactTime(now, zone)}</time>
        </p>
        <h1>${alerts.length === 1 ? alerts[0]!.title : `${alerts.length} alerts`}</h1>
        <p class="since">
          ${
            takenAt
              ? `Kept on this node's disk since ${exactTime(takenAt, zone)}. Nobody else is told of it, and what nobody had before is yours when the database takes it in.`
              : 'You were told while the database of Tocsin was away. Nobody else is told after you: call whoever you need.'
          }
        </p>
        <dl>
          ${list.map(
            ({ title, service, since, open }) =>
              html`<div>
                <dt>${exactTime(since, zone)}${service === '' ? '' : `, ${service}`}</dt>
                <dd>${title}${open.size === 0 ? ' (over)' : ''}</dd>
              </div>`,
          )}
          ${
            alerts.length > list.length
              ? html`<div>
                  <dt>More</dt>
                  <dd>${alerts.length - list.length} alerts</dd>
                </div>`
              : ''
          }
          <div>
            <dt>Why you</dt>
            <dd>By what was last known: ${reason}.</dd>
          </div>
        </dl>
      </main>
      <footer>
        ${takenAt ? '' : html`<form method="post"><input type="hidden" name="do" value="acknowledge" /><button class="solid">Acknowledge</button></form>`}
        <p><a href="/">Sign in when the database is back</a></p>
      </footer>`,
  )
}

const unknown: PageAnswer = {
  status: 404,
  body: closedHtml('There is nothing here', 'This address is not one of a page. Open the link of the message as it came.'),
}
const elsewhere: PageAnswer = {
  status: 410,
  body: closedHtml(
    'This node does not know of it',
    'Another node has sent this message, or it is more than a day old. Open the link again; when the database is back, sign in.',
  ),
}
const wrongForm: PageAnswer = {
  status: 400,
  body: closedHtml('Nothing was changed', 'This form is not one of this page. Open the link again.'),
}
