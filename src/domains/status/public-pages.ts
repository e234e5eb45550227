// The addresses below /s: a status page for people, feeds and programs, and the forms of following it. GET never changes anything.
import { html } from 'hono/html'
import type { QueryContext } from '#kernel/command.ts'
import { definePage } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { PageAnswer } from '#kernel/page.ts'
import { publicFacts, type PublicFacts } from './public-facts.ts'
import { rss, statusJson } from './public-feeds.ts'
import { document, statusPageHtml } from './public-page.ts'
import { Address, askToFollow, confirmablePage, confirmFollowing, publicPage, stopFollowing } from './subscribing.ts'

const cacheSeconds = 30
/** Of the events, the words of those that change what a page shows. */
const sharedUntil = ['update', 'component', 'status-page', 'maintenance']

const shown = async (context: QueryContext, slug: string | undefined, answer: (facts: PublicFacts) => PageAnswer): Promise<PageAnswer> =>
  orNotFound(async () => answer(await publicFacts(context.scope, await publicPage(context, slug ?? ''), context.now)))

const page = definePage({
  http: 'GET /s/{slug}',
  sharedUntil,
  run: (context, { params }) => shown(context, params['slug'], (facts) => ({ status: 200, cacheSeconds, body: statusPageHtml(facts) })),
})

const feed = definePage({
  http: 'GET /s/{slug}/feed.rss',
  sharedUntil,
  run: (context, { params }) =>
    shown(context, params['slug'], (facts) => ({
      status: 200,
      cacheSeconds,
      contentType: 'application/rss+xml; charset=utf-8',
      body: rss(facts, context.publicUrl),
    })),
})

const json = definePage({
  http: 'GET /s/{slug}/status.json',
  sharedUntil,
  run: (context, { params }) =>
    shown(context, params['slug'], (facts) => ({
      status: 200,
      cacheSeconds,
      contentType: 'application/json; charset=utf-8',
      body: statusJson(facts, context.publicUrl),
    })),
})

const subscribeForm = definePage({
  http: 'GET /s/{slug}/subscribe',
  run: (context, { params }) => orNotFound(async () => form(await publicPage(context, params['slug'] ?? ''), '')),
})

const subscribe = definePage({
  http: 'POST /s/{slug}/subscribe',
  run: (context, { params, form: fields }) =>
    orNotFound(async () => {
      const found = await publicPage(context, params['slug'] ?? '')
      const address = Address.safeParse((fields['email'] ?? '').trim())
      if (!address.success) return form(found, 'Write an e-mail address, like somebody@example.org.', 400)
      await askToFollow(context, found.slug, address.data)
      return note(
        found.name,
        'Look into your mail',
        `If ${address.data} does not get these updates yet, a mail with a link is on its way. Following begins when you confirm there.`,
        `/s/${found.slug}`,
      )
    }),
})

const confirmForm = definePage({
  http: 'GET /s/confirm/{token}',
  async run(context, { params }) {
    const found = await confirmablePage(context, params['token'] ?? '')
    return found
      ? button(
          'Get updates',
          `Updates of ${found.name} will come to this address.`,
          `/s/confirm/${encodeURIComponent(params['token']!)}`,
          'Confirm',
        )
      : outOfDate()
  },
})

const confirm = definePage({
  http: 'POST /s/confirm/{token}',
  async run(context, { params }) {
    const token = params['token'] ?? ''
    if (!(await confirmFollowing(context, token))) return outOfDate()
    const found = await confirmablePage(context, token)
    return note(
      found?.name ?? 'Status',
      'You get the updates',
      'Each mail has a link to stop them.',
      found?.visibility === 'public' ? `/s/${found.slug}` : undefined,
    )
  },
})

const unsubscribeForm = definePage({
  http: 'GET /s/unsubscribe/{token}',
  run: async (_context, { params }) =>
    button(
      'Stop the updates',
      'The status page that the mail names will send no more updates to its address.',
      `/s/unsubscribe/${encodeURIComponent(params['token'] ?? '')}`,
      'Stop',
    ),
})

const unsubscribe = definePage({
  http: 'POST /s/unsubscribe/{token}',
  async run(context, { params }) {
    await stopFollowing(context, params['token'] ?? '')
    return note(
      'Status',
      'No more updates',
      'The status page that the mail names sends no more updates to its address. Other pages that it follows still do.',
    )
  },
})

export const publicPages = [page, feed, json, subscribeForm, subscribe, confirmForm, confirm, unsubscribeForm, unsubscribe]

const small = (title: string, body: ReturnType<typeof html>, status = 200): PageAnswer => ({
  status,
  body: document({ title, body: html`<main class="small">${body}</main>` }),
})

const form = (found: { slug: string; name: string }, fault: string, status = 200): PageAnswer =>
  small(
    `Get updates of ${found.name}`,
    html`<h1>Get updates of ${found.name}</h1><form method="post" action="/s/${found.slug}/subscribe"><label for="email">E-mail address</label><input id="email" name="email" type="email" autocomplete="email" required maxlength="254"${
      fault ? html` aria-invalid="true" aria-describedby="fault"` : ''
    }>${fault ? html`<p id="fault" class="fault">${fault}</p>` : ''}<button class="button solid" type="submit">Get updates</button></form><p class="meta">A mail asks you to confirm. Each mail has a link to stop them. The address is used for nothing else.</p><p><a href="/s/${found.slug}">Back to ${found.name}</a></p>`,
    status,
  )

const button = (title: string, text: string, action: string, label: string): PageAnswer =>
  small(
    title,
    html`<h1>${title}</h1><p>${text}</p><form method="post" action="${action}"><button class="button solid" type="submit">${label}</button></form>`,
  )

const note = (name: string, title: string, text: string, back?: string): PageAnswer =>
  small(`${title} – ${name}`, html`<h1>${title}</h1><p>${text}</p>${back ? html`<p><a href="${back}">Back to ${name}</a></p>` : ''}`)

const outOfDate = (): PageAnswer =>
  small(
    'This link is no longer valid',
    html`<h1>This link is no longer valid</h1><p>It was used for another request, or it is older than 3 days. Ask for the updates again on the status page.</p>`,
    410,
  )

/** People get a page that says so, and not a machine's problem report. */
async function orNotFound(work: () => Promise<PageAnswer>): Promise<PageAnswer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'missing') throw error
    return small(
      'There is no such status page',
      html`<h1>There is no such status page</h1><p>Look at the address, or ask whoever gave it to you.</p>`,
      404,
    )
  }
}
