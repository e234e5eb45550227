// The page behind the reporter's link: what was reported, what was done, one button each way. Opening it changes nothing; the button posts.
import { html } from 'hono/html'
import type { Actor } from '#kernel/actor.ts'
import { definePage } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { PageAnswer } from '#kernel/page.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Signer } from '#kernel/secret.ts'
import { spokenTime } from '#kernel/time.ts'
import { findUser, type User } from '#domains/directory/index.ts'
import { readConfirmation, type ConfirmationTarget } from './confirmation-link.ts'
import { keyOf, type Incident } from './incident.ts'
import { confirmIncident } from './moving.ts'
import { findIncident } from './store.ts'

export const confirmationPage = definePage({
  http: 'GET /confirm/{token}',
  async run({ scope, signer }, { params }) {
    const found = await look(scope, signer, params['token'] ?? '')
    if (!found) return gone()
    return found.open
      ? page(200, `Does it work again?`, asking(found.incident, found.user))
      : page(200, 'Thank you', settled(found.incident))
  },
})

export const confirmationAnswer = definePage({
  http: 'POST /confirm/{token}',
  async run({ scope, signer, as }, { params, form }) {
    const found = await look(scope, signer, params['token'] ?? '')
    if (!found) return gone()
    if (!found.open) return page(409, 'Nothing was changed', settled(found.incident))
    const { target, incident } = found
    const works = form['works'] === 'yes'
    const note = form['note']?.trim().slice(0, 8000) || undefined
    if (!works && !note)
      return page(
        400,
        'Does it work again?',
        html`${asking(incident, found.user)}<p class="fault" role="alert">Say in a few words what still does not work.</p>`,
      )
    try {
      await as(actorOf(target)).run(confirmIncident, { incident: target.incidentId, works, note })
    } catch (error) {
      if (error instanceof AppError) return page(error.status, 'Nothing was changed', html`<p>${error.message}</p>`)
      throw error
    }
    const thanks = works
      ? html`<p>${keyOf(incident)} is closed. Thank you for saying so.</p>`
      : html`<p>${keyOf(incident)} is worked on again. You are asked again when it is resolved.</p>`
    return page(200, works ? 'It works again' : 'We go on', thanks)
  },
})

type Found = { target: ConfirmationTarget; incident: Incident; user: User; open: boolean }

/** Seen as the person that the link was made for, with no right but that of having reported it. */
async function look(scope: Scope, signer: Signer, token: string): Promise<Found | undefined> {
  const target = readConfirmation(signer, token)
  if (!target) return undefined
  const own: Scope = { ...scope, actor: actorOf(target) }
  const [incident, user] = [await findIncident(own, target.incidentId), await findUser(own, target.userId)]
  if (!incident || !user || user.disabledAt !== null || incident.reporterId !== user.id) return undefined
  return { target, incident, user, open: incident.confirmation === 'asked' && incident.confirmationRound === target.round }
}

const actorOf = (target: ConfirmationTarget): Actor => ({
  kind: 'link',
  userId: target.userId,
  linkId: `${target.incidentId} round ${target.round}`,
  rights: { everywhere: new Set(), inTeam: new Map(), seesEverything: false },
})

const asking = (incident: Incident, user: User) => html`
  <p class="key">${keyOf(incident)}, reported by ${user.name}</p>
  <h2>${incident.title}</h2>
  ${incident.fields['resolution'] ? html`<p>What was done: ${incident.fields['resolution']}</p>` : ''}
  <p>Resolved ${incident.resolvedAt ? spokenTime(incident.resolvedAt, user.zone) : ''}. If it works, it is closed. If it does not, it is worked on again.</p>
  <form method="post"><input type="hidden" name="works" value="yes" /><button class="solid">Yes, it works again</button></form>
  <form method="post">
    <input type="hidden" name="works" value="no" />
    <label for="note">If not: what does not work?</label>
    <textarea id="note" name="note" rows="3" maxlength="8000" required></textarea>
    <button>No, it does not work</button>
  </form>`

const settled = (incident: Incident) =>
  html`<p>${keyOf(incident)} ${incident.stateKind === 'open' ? 'is being worked on. You are asked again when it is resolved.' : incident.confirmation === 'confirmed' ? 'was confirmed and is closed.' : 'waits for no answer any more.'}</p>`

const gone = (): PageAnswer =>
  page(
    404,
    'This link does not lead anywhere',
    html`<p>It may have been cut off in the mail, or it is too old. <a href="/">Sign in</a> to see what you reported.</p>`,
  )

function page(status: number, title: string, body: ReturnType<typeof html>): PageAnswer {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/confirm.css" />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`
  return { status, body: String(document) }
}
