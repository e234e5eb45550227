// The signed page of a summary: opening it changes nothing, its one button acknowledges what nobody has. Works signed out and without script.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { definePage } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { PageAnswer, PageRequest } from '#kernel/page.ts'
import { lockPage } from './page-store.ts'
import { acknowledge } from './pages.ts'
import { closedHtml } from './phone-html.ts'
import { linkActor } from './phone-link.ts'
import { closed, isPlain, unknown } from './phone-page.ts'
import { summaryHtml } from './summary-html.ts'
import { isOwned, openSummary, type OpenedSummary } from './summary-link.ts'

export const summaryPage = definePage({
  http: 'GET /p/all/{token}',
  async run({ scope, signer, now }, request) {
    if (!isPlain(request)) return unknown
    const opened = await openSummary(scope, signer, request.params['token'] ?? '')
    return opened.found === 'summary' ? { status: 200, body: summaryHtml(opened, now) } : closed(opened)
  },
})

export const summaryAnswer = definePage({
  http: 'POST /p/all/{token}',
  run: (context, request) => act(context, request, request.form),
})

/** What the button of a push notification asks, by the service worker. */
export const summaryAcknowledge = definePage({
  http: 'POST /p/all/{token}/acknowledge',
  run: (context, request) => act(context, request, { do: 'acknowledge' }),
})

const Form = z.strictObject({ do: z.literal('acknowledge') })

type Acting = CommandContext & { as: (actor: ReturnType<typeof linkActor>) => CommandContext }

async function act(context: Acting, request: PageRequest, given: Readonly<Record<string, string>>): Promise<PageAnswer> {
  const { scope, signer, now } = context
  if (!isPlain(request)) return unknown
  const token = request.params['token'] ?? ''
  const opened = await openSummary(scope, signer, token)
  if (opened.found !== 'summary') return closed(opened)
  if (!Form.safeParse(given).success)
    return { status: 400, body: closedHtml('Nothing was changed', 'This form is not one of this page. Open the link again.') }
  await acknowledgeAll(context, opened)
  const after = await openSummary(scope, signer, token)
  return after.found === 'summary' ? { status: 200, body: summaryHtml(after, now) } : closed(after)
}

/** In the order of their ids, as everybody locks them. What somebody else was faster with is left as it is. */
async function acknowledgeAll(context: Acting, { pages, user }: OpenedSummary): Promise<void> {
  const wanted = pages.filter((one) => !isOwned(one)).map(({ row }) => row.id)
  for (const id of wanted.sort()) {
    const row = await lockPage({ ...context.scope, actor: linkActor(user.id, id, null) }, id)
    if (!row || row.state === 'acknowledged' || row.state === 'ended') continue
    try {
      await context.as(linkActor(user.id, id, row.teamId)).run(acknowledge, { pageId: id })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'refused') throw error
    }
  }
}
