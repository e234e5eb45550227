// The signed phone page: opening it changes nothing, its buttons post. Works signed out and without script.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { definePage } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { PageAnswer, PageRequest } from '#kernel/page.ts'
import { acknowledge, escalateNow, giveBack } from './pages.ts'
import { closedHtml, phoneHtml, stepOf, type Came } from './phone-html.ts'
import { openLink, type Opened } from './phone-link.ts'
import { undoOf } from './undo.ts'

export const phonePage = definePage({
  http: 'GET /p/{token}',
  async run({ scope, signer, now }, request) {
    if (!isPlain(request)) return unknown
    const opened = await openLink(scope, signer, request.params['token'] ?? '')
    return opened.found === 'page' ? answer(opened, now) : closed(opened)
  },
})

export const phoneAnswer = definePage({
  http: 'POST /p/{token}',
  run: (context, request) => act(context, request, request.form),
})

/** What the buttons of a push notification ask, by the service worker. */
export const phoneAcknowledge = definePage({
  http: 'POST /p/{token}/acknowledge',
  run: (context, request) => act(context, request, { do: 'acknowledge' }),
})

/** The form says what to do and nothing else: no address to go to, no second meaning. */
const Form = z.strictObject({
  do: z.enum(['acknowledge', 'give-back', 'escalate']).default('acknowledge'),
  step: z.string().max(20).optional(),
})

type Acting = CommandContext & { as: (actor: Opened['actor']) => CommandContext }

async function act(context: Acting, request: PageRequest, given: Readonly<Record<string, string>>): Promise<PageAnswer> {
  const { scope, signer, now } = context
  if (!isPlain(request)) return unknown
  const token = request.params['token'] ?? ''
  const opened = await openLink(scope, signer, token)
  if (opened.found !== 'page') return closed(opened)
  const form = Form.safeParse(given)
  if (!form.success)
    return { status: 400, body: closedHtml('Nothing was changed', 'This form is not one of this page. Open the link again.') }
  let came: Came
  try {
    came = await doIt(context.as(opened.actor), opened, form.data)
  } catch (error) {
    // Somebody was faster: the page says so and shows how it stands now.
    if (!(error instanceof AppError) || error.code !== 'refused') throw error
    came = { refused: error.message }
  }
  const after = await openLink(scope, signer, token)
  return after.found === 'page' ? answer(after, now, came) : closed(after)
}

/** Nothing when it was done, also by the same form already, and the page shows it. */
async function doIt(context: CommandContext, opened: Opened, form: z.output<typeof Form>): Promise<Came> {
  const { row, user } = opened
  const { id: pageId } = row
  switch (form.do) {
    case 'acknowledge':
      if (row.state !== 'acknowledged') await context.run(acknowledge, { pageId })
      return {}
    case 'give-back': {
      const undo = undoOf(row, user.id, context.now, user.zone)
      if (!undo.allowed) return row.state === 'acknowledged' ? { refused: undo.reason } : {}
      await context.run(giveBack, { pageId })
      return {}
    }
    case 'escalate':
      if (form.step === stepOf(opened)) await context.run(escalateNow, { pageId })
      return { escalated: true }
  }
}

/** A refusal is shown with status 409, on the page as it stands now. */
const answer = (opened: Opened, now: CommandContext['now'], came: Came = {}): PageAnswer => ({
  status: came.refused === undefined ? 200 : 409,
  body: phoneHtml(opened, now, came),
})

/** A link has one form: anything after it makes it another address. */
export const isPlain = (request: PageRequest): boolean => Object.keys(request.query).length === 0

export const unknown: PageAnswer = {
  status: 404,
  body: closedHtml('There is nothing here', 'This address is not one of a page. Open the link of the message as it came.'),
}

export const closed = (opened: { found: 'unknown' } | { found: 'gone'; reason: string }): PageAnswer =>
  opened.found === 'unknown' ? unknown : { status: 410, body: closedHtml('Nothing to do here', opened.reason) }
